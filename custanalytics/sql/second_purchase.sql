-- One row per (days, bought_again, is_new): n customers of `orders_seen`. days: from the first
-- purchase day to the second, or, for one-time buyers, to $as_of; is_new: first seen on $new_from
-- or later.
WITH days AS (
    SELECT DISTINCT customer_id, order_date
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
),

numbered AS (
    SELECT
        order_date,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY order_date) AS visit,
        LEAD(order_date) OVER (PARTITION BY customer_id ORDER BY order_date) AS next_date
    FROM days
),

waits AS (
    SELECT
        DATE_DIFF('day', order_date, COALESCE(next_date, CAST($as_of AS DATE))) AS wait,
        next_date IS NOT NULL AS bought_again,
        order_date >= CAST($new_from AS DATE) AS is_new
    FROM numbered
    WHERE visit = 1
)

SELECT wait AS days, bought_again, is_new, COUNT(*) AS n
FROM waits
GROUP BY wait, bought_again, is_new
ORDER BY wait, bought_again, is_new
