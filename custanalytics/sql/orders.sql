-- One row per order as it ended up: what it came to once the returns that name it are taken off.
-- amount: currency units; a negative one is a return that found no purchase.
-- is_purchase: the order came to more than zero. changed_on: day of its last line or return.
WITH lines AS (
    SELECT
        customer_id,
        COALESCE(nets_order_id, order_id) AS effective_order,
        ordered_at AS happened_at,
        amount AS paid
    FROM ledger
)

SELECT
    customer_id,
    effective_order AS order_id,
    MIN(happened_at) AS ordered_at,
    CAST(MIN(happened_at) AS DATE) AS order_date,
    CAST(SUM(paid) AS DECIMAL(18, 4)) AS amount,
    SUM(paid) > 0 AS is_purchase,
    CAST(MAX(happened_at) AS DATE) AS changed_on
FROM lines
GROUP BY customer_id, effective_order
ORDER BY customer_id NULLS FIRST, MIN(happened_at), effective_order
