-- One row per customer, purchase day and item of it: products, or categories, that are among the
-- $most that most customers bought, each by at least $min_customers; a row without an item where
-- a day has none of them. visit: the customer's purchase days from 1; n_visits: how many there are;
-- size_class: 0 for one different item on the day, 1 for two, 2 up to four, 3 up to eight and so on.
WITH purchase_days AS (
    SELECT DISTINCT customer_id, order_date
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
),

visits AS (
    SELECT
        customer_id,
        order_date,
        CAST(ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY order_date) AS BIGINT) AS visit,
        COUNT(*) OVER (PARTITION BY customer_id) AS n_visits
    FROM purchase_days
),

bought AS (
    SELECT DISTINCT
        v.customer_id,
        v.visit,
        CASE $item WHEN 'product' THEN l.product WHEN 'category' THEN l.category END AS item
    FROM visits AS v
    INNER JOIN goods_lines AS l
        ON v.customer_id = l.customer_id AND v.order_date = CAST(l.ordered_at AS DATE)
    WHERE l.amount > 0
),

sizes AS (
    SELECT customer_id, visit, GREATEST(COUNT(item), 1) AS basket_size
    FROM bought
    GROUP BY customer_id, visit
),

places AS (
    SELECT
        item,
        ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, item) AS place
    FROM (SELECT DISTINCT customer_id, item FROM bought WHERE item IS NOT NULL) AS b
    GROUP BY item
    HAVING COUNT(*) >= $min_customers
),

kept AS (
    SELECT b.customer_id, b.visit, b.item
    FROM bought AS b
    INNER JOIN places AS p ON b.item = p.item
    WHERE p.place <= $most
)

SELECT
    v.customer_id,
    v.visit,
    v.n_visits,
    CAST(CEIL(LN(COALESCE(s.basket_size, 1)) / LN(2) - 0.000001) AS BIGINT) AS size_class,
    COALESCE(s.basket_size, 1) AS basket_size,
    k.item
FROM visits AS v
LEFT JOIN sizes AS s ON v.customer_id = s.customer_id AND v.visit = s.visit
LEFT JOIN kept AS k ON v.customer_id = k.customer_id AND v.visit = k.visit
ORDER BY v.customer_id, v.visit, k.item
