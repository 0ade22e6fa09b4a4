-- One row per day of `orders_seen` on which known customers bought: how many of them did
-- (buyers), and for how many it was their first purchase (new_customers).
WITH days AS (
    SELECT DISTINCT customer_id, order_date
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
),

firsts AS (
    SELECT customer_id, MIN(order_date) AS first_order
    FROM days
    GROUP BY customer_id
    HAVING MIN(order_date) <= CAST($cutoff AS DATE)
)

SELECT
    d.order_date AS purchase_day,
    COUNT(*) AS buyers,
    CAST(SUM(CASE WHEN d.order_date = f.first_order THEN 1 ELSE 0 END) AS BIGINT) AS new_customers
FROM days AS d
INNER JOIN firsts AS f ON d.customer_id = f.customer_id
GROUP BY d.order_date
ORDER BY d.order_date
