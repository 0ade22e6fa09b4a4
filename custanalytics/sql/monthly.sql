-- One row per month with a line up to $as_of, by the date of the line itself (a return
-- counts in its own month, so the months add up to the file's total).
-- Money: currency units. new_revenue: known customers in the month of their first purchase.
WITH lines AS (
    SELECT
        customer_id,
        CAST(DATE_TRUNC('month', ordered_at) AS DATE) AS line_month,
        amount AS paid
    FROM ledger
    WHERE CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)
),

first_months AS (
    SELECT customer_id, CAST(DATE_TRUNC('month', MIN(order_date)) AS DATE) AS first_month
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
    GROUP BY customer_id
),

purchases AS (
    SELECT
        CAST(DATE_TRUNC('month', order_date) AS DATE) AS order_month,
        COUNT(*) AS orders,
        COUNT(DISTINCT customer_id) AS customers,
        SUM(amount) AS order_value
    FROM orders_seen
    WHERE is_purchase
    GROUP BY CAST(DATE_TRUNC('month', order_date) AS DATE)
),

money AS (
    SELECT
        l.line_month,
        SUM(l.paid) AS revenue,
        SUM(CASE WHEN l.customer_id IS NULL THEN l.paid ELSE 0 END) AS unknown_revenue,
        SUM(CASE WHEN l.line_month = f.first_month THEN l.paid ELSE 0 END) AS new_revenue,
        SUM(CASE WHEN l.paid < 0 THEN l.paid ELSE 0 END) AS refunds
    FROM lines AS l
    LEFT JOIN first_months AS f ON l.customer_id = f.customer_id
    GROUP BY l.line_month
)

SELECT
    m.line_month AS month,
    CAST(m.revenue AS DOUBLE) AS revenue,
    COALESCE(p.orders, 0) AS orders,
    COALESCE(p.customers, 0) AS customers,
    CAST(m.new_revenue AS DOUBLE) AS new_revenue,
    CAST(m.revenue - m.unknown_revenue - m.new_revenue AS DOUBLE) AS returning_revenue,
    CAST(m.unknown_revenue AS DOUBLE) AS unknown_revenue,
    CAST(m.refunds AS DOUBLE) AS refunds,
    CAST(p.order_value AS DOUBLE) / p.orders AS average_order_value
FROM money AS m
LEFT JOIN purchases AS p ON m.line_month = p.order_month
ORDER BY m.line_month
