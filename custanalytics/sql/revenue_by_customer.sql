-- One row per customer (null: lines without one) with a line from $first_day to $as_of.
-- revenue: currency units, by the day of the line, net of returns; orders: purchases dated in the
-- period; bought_before: a purchase before $first_day.
WITH money AS (
    SELECT customer_id, SUM(amount) AS revenue
    FROM ledger
    WHERE
        CAST(ordered_at AS DATE) >= CAST($first_day AS DATE)
        AND CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)
    GROUP BY customer_id
),

purchases AS (
    SELECT
        customer_id,
        SUM(CASE WHEN order_date >= CAST($first_day AS DATE) THEN 1 ELSE 0 END) AS orders,
        MIN(order_date) AS first_order
    FROM orders_seen
    WHERE is_purchase
    GROUP BY customer_id
)

SELECT
    m.customer_id,
    CAST(m.revenue AS DOUBLE) AS revenue,
    CAST(COALESCE(p.orders, 0) AS BIGINT) AS orders,
    COALESCE(p.first_order < CAST($first_day AS DATE), FALSE) AS bought_before
FROM money AS m
LEFT JOIN purchases AS p ON COALESCE(m.customer_id, '') = COALESCE(p.customer_id, '')
    AND (m.customer_id IS NULL) = (p.customer_id IS NULL)
ORDER BY m.customer_id NULLS FIRST
