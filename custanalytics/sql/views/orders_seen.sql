-- One row per order as seen on $as_of: lines and returns after it are not seen yet.
-- Columns as in `orders`. Only orders that changed later have to be added up again.
SELECT
    o.customer_id,
    o.order_id,
    o.ordered_at,
    o.order_date,
    o.amount,
    o.is_purchase
FROM orders AS o
WHERE o.changed_on <= CAST($as_of AS DATE)
UNION ALL
SELECT
    c.customer_id,
    c.order_id,
    MIN(c.ordered_at) AS ordered_at,
    CAST(MIN(c.ordered_at) AS DATE) AS order_date,
    CAST(SUM(c.amount) AS DECIMAL(18, 4)) AS amount,
    SUM(c.amount) > 0 AS is_purchase
FROM order_changes AS c
WHERE c.changed_on > CAST($as_of AS DATE) AND CAST(c.ordered_at AS DATE) <= CAST($as_of AS DATE)
GROUP BY c.customer_id, c.order_id
