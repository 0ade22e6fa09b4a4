-- One row: the headline figures of the ledger. revenue: of lines with a customer, net of returns.
WITH money AS (
    SELECT
        SUM(CASE WHEN customer_id IS NOT NULL THEN amount ELSE 0 END) AS revenue,
        SUM(CASE WHEN customer_id IS NULL THEN amount ELSE 0 END) AS revenue_without_customer,
        MIN(CASE WHEN customer_id IS NOT NULL THEN ordered_at END) AS first_order,
        MAX(CASE WHEN customer_id IS NOT NULL THEN ordered_at END) AS last_order
    FROM ledger
),

purchases AS (
    SELECT
        COUNT(DISTINCT customer_id) AS buyers,
        COUNT(*) AS orders
    FROM orders
    WHERE is_purchase AND customer_id IS NOT NULL
)

SELECT
    p.buyers,
    p.orders,
    CAST(COALESCE(m.revenue, 0) AS DECIMAL(18, 4)) AS revenue,
    CAST(COALESCE(m.revenue_without_customer, 0) AS DECIMAL(18, 4)) AS revenue_without_customer,
    CAST(m.first_order AS DATE) AS first_order,
    CAST(m.last_order AS DATE) AS last_order
FROM money AS m
CROSS JOIN purchases AS p
