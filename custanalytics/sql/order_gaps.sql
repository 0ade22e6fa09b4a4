-- One row per length of the gap between two successive purchase days of one customer:
-- gap_days (days), n (how many such gaps), up to $as_of.
WITH days AS (
    SELECT DISTINCT customer_id, order_date
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
),

gaps AS (
    SELECT
        DATE_DIFF(
            'day',
            LAG(order_date) OVER (PARTITION BY customer_id ORDER BY order_date),
            order_date
        ) AS gap_days
    FROM days
)

SELECT gap_days, COUNT(*) AS n
FROM gaps
WHERE gap_days IS NOT NULL
GROUP BY gap_days
ORDER BY gap_days
