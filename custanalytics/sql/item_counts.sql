-- One row per item (null: any) and size of the later basket, from `item_baskets`.
-- n_before: purchase days with the item that another followed ($ahead 1), or all with it ($ahead
-- 0); room: the share of the later basket's places that are open, added up over them; n_after:
-- later baskets with the item.
WITH days AS (
    SELECT DISTINCT customer_id, visit, n_visits, size_class, basket_size
    FROM item_baskets
),

held AS (
    SELECT customer_id, visit, item FROM item_baskets WHERE item IS NOT NULL
    UNION ALL
    SELECT customer_id, visit, NULL AS item FROM days
),

before AS (
    SELECT
        h.item,
        d.size_class,
        COUNT(*) AS n_before,
        SUM(CASE WHEN $ahead > 0 THEN 1.0 ELSE 1.0 - 1.0 / d.basket_size END) AS room
    FROM held AS h
    INNER JOIN days AS d ON h.customer_id = d.customer_id AND h.visit + $ahead = d.visit
    GROUP BY h.item, d.size_class
),

after AS (
    SELECT h.item, d.size_class, COUNT(*) AS n_after
    FROM held AS h
    INNER JOIN days AS d ON h.customer_id = d.customer_id AND h.visit = d.visit
    WHERE h.visit > $ahead
    GROUP BY h.item, d.size_class
)

SELECT
    COALESCE(b.item, a.item) AS item,
    COALESCE(b.size_class, a.size_class) AS size_class,
    COALESCE(b.n_before, 0) AS n_before,
    CAST(COALESCE(b.room, 0) AS DOUBLE) AS room,
    COALESCE(a.n_after, 0) AS n_after
FROM before AS b
FULL JOIN after AS a
    ON
        COALESCE(b.item, '') = COALESCE(a.item, '')
        AND (b.item IS NULL) = (a.item IS NULL)
        AND b.size_class = a.size_class
ORDER BY 1 NULLS FIRST, 2
