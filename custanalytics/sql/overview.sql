-- One row: the business in figures, up to $as_of. Money: currency units.
WITH money AS (
    SELECT
        SUM(amount) AS revenue_total,
        SUM(CASE WHEN customer_id IS NOT NULL THEN amount ELSE 0 END) AS revenue_known,
        SUM(CASE WHEN amount < 0 THEN amount ELSE 0 END) AS refunds
    FROM ledger
    WHERE CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)
),

purchases AS (
    SELECT
        COUNT(*) AS orders,
        COUNT(DISTINCT customer_id) AS buyers,
        CAST(SUM(amount) AS DOUBLE) / COUNT(*) AS average_order_value,
        MEDIAN(CAST(amount AS DOUBLE)) AS median_order_value
    FROM orders_seen
    WHERE is_purchase
)

SELECT
    CAST(m.revenue_total AS DOUBLE) AS revenue_total,
    CAST(m.revenue_known AS DOUBLE) AS revenue_known,
    CAST(m.revenue_total - m.revenue_known AS DOUBLE) AS revenue_unknown,
    CAST(m.refunds AS DOUBLE) AS refunds,
    p.orders,
    p.buyers,
    p.average_order_value,
    p.median_order_value
FROM money AS m
CROSS JOIN purchases AS p
