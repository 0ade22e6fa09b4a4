-- One row per customer who bought after $cutoff, up to $as_of.
-- holdout_frequency: purchase days; holdout_spend: currency units, net of returns.
SELECT
    customer_id,
    COUNT(DISTINCT CASE WHEN is_purchase THEN order_date END) AS holdout_frequency,
    CAST(SUM(amount) AS DOUBLE) AS holdout_spend
FROM orders_seen
WHERE customer_id IS NOT NULL AND order_date > CAST($cutoff AS DATE)
GROUP BY customer_id
ORDER BY customer_id
