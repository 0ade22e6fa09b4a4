-- One row per order as it ended up: what it came to once the returns that name it are taken off.
-- amount: currency units; a negative one is a return that found no purchase.
-- is_purchase: the order came to more than zero. changed_on: day of its last line or return.
SELECT
    customer_id,
    order_id,
    MIN(ordered_at) AS ordered_at,
    CAST(MIN(ordered_at) AS DATE) AS order_date,
    CAST(SUM(amount) AS DECIMAL(18, 4)) AS amount,
    SUM(amount) > 0 AS is_purchase,
    CAST(MAX(ordered_at) AS DATE) AS changed_on
FROM order_lines
GROUP BY customer_id, order_id
ORDER BY customer_id NULLS FIRST, MIN(order_lines.ordered_at), order_id
