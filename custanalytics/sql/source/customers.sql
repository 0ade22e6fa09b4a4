-- One row per row of the files: whose it is.
-- named_by: 1 the customer's column, 2 to 4 the columns that stand in where it is blank; null
-- where nobody is named.
WITH per_key AS (
    SELECT key, standing, sum(n) AS n, TRY_CAST(key AS HUGEINT) AS number FROM customer_keys GROUP BY ALL
),
others AS (
    SELECT COALESCE(max(n), 0) AS most, min(number) AS lowest, max(number) AS highest
    FROM per_key WHERE NOT standing
),
stand_ins AS (
    -- 0, -1 and the like are nobody where they hold far more rows than any customer, more than any
    -- and lie far from the customers' numbers, are below zero alone, or are several people's.
    SELECT DISTINCT k.key FROM per_key AS k, others AS o
    WHERE k.standing AND (
        k.n >= 10 AND (k.n > 5 * o.most
            OR k.n > 2 * o.most AND (k.number * 100 + 100 < o.lowest OR k.number > 100 * o.highest))
        OR k.number < 0 AND o.lowest >= 0
        OR (SELECT count(DISTINCT r.customer_2) FROM raw_lines AS r
            JOIN customer_keys AS c ON c.cell = r.customer_cell AND c.key = k.key) > 1)
),
known AS (
    SELECT cell, CASE WHEN key IN (SELECT key FROM stand_ins) THEN NULL ELSE customer_id END AS id
    FROM customer_keys
),
named AS (
    SELECT r.line_no, r.part_no, r.order_cell, a.id AS id_1, b.id AS id_2, c.id AS id_3, d.id AS id_4,
        f.id AS refunded_id
    FROM raw_lines AS r
    LEFT JOIN known AS a ON a.cell = r.customer_cell
    LEFT JOIN known AS b ON b.cell = r.customer_2
    LEFT JOIN known AS c ON c.cell = r.customer_3
    LEFT JOIN known AS d ON d.cell = r.customer_4
    LEFT JOIN known AS f ON f.cell = r.refund_customer_cell
),
-- The id that an address or name stands beside on other rows, where it is one only.
bridges AS (
    SELECT other, min(id_1) AS id FROM (
        SELECT DISTINCT id_1, id_2 AS other FROM named WHERE id_1 IS NOT NULL AND id_2 IS NOT NULL
        UNION SELECT DISTINCT id_1, id_3 FROM named WHERE id_1 IS NOT NULL AND id_3 IS NOT NULL
        UNION SELECT DISTINCT id_1, id_4 FROM named WHERE id_1 IS NOT NULL AND id_4 IS NOT NULL)
    GROUP BY other HAVING count(*) = 1
)
SELECT n.line_no, n.part_no, n.order_cell, n.refunded_id,
    COALESCE(n.id_1, b2.id, n.id_2, b3.id, n.id_3, b4.id, n.id_4) AS customer_id,
    CASE WHEN n.id_1 IS NOT NULL THEN 1 WHEN n.id_2 IS NOT NULL THEN 2
         WHEN n.id_3 IS NOT NULL THEN 3 WHEN n.id_4 IS NOT NULL THEN 4 END AS named_by
FROM named AS n
LEFT JOIN bridges AS b2 ON n.id_1 IS NULL AND b2.other = n.id_2
LEFT JOIN bridges AS b3 ON n.id_1 IS NULL AND b3.other = n.id_3
LEFT JOIN bridges AS b4 ON n.id_1 IS NULL AND b4.other = n.id_4
