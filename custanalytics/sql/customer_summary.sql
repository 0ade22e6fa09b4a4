-- One row per customer with a purchase in `orders_seen`.
-- frequency, recency, T: days; money: currency units. Returns that name no purchase are spread
-- over the customer's purchase days in proportion to what was spent on each.
WITH days AS (
    SELECT customer_id, order_date, SUM(amount) AS day_spend, COUNT(*) AS day_orders
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
    GROUP BY customer_id, order_date
),

firsts AS (
    SELECT
        customer_id,
        MIN(order_date) AS first_order,
        MAX(order_date) AS last_order,
        COUNT(*) AS purchase_days,
        CAST(SUM(day_orders) AS BIGINT) AS n_orders,
        SUM(day_spend) AS spend
    FROM days
    GROUP BY customer_id
),

refunds AS (
    SELECT customer_id, SUM(amount) AS refunded
    FROM orders_seen
    WHERE amount < 0 AND customer_id IS NOT NULL
    GROUP BY customer_id
)

SELECT
    f.customer_id,
    f.purchase_days - 1 AS frequency,
    DATE_DIFF('day', f.first_order, f.last_order) AS recency,
    DATE_DIFF('day', f.first_order, CAST($as_of AS DATE)) AS T,
    CASE
        WHEN f.purchase_days > 1 AND f.spend + COALESCE(r.refunded, 0) > 0
            THEN
                CAST(f.spend - d.day_spend AS DOUBLE) / (f.purchase_days - 1)
                * (CAST(f.spend + COALESCE(r.refunded, 0) AS DOUBLE) / CAST(f.spend AS DOUBLE))
    END AS monetary_value,
    f.n_orders,
    CAST(f.spend + COALESCE(r.refunded, 0) AS DOUBLE) AS total_spend,
    f.first_order,
    f.last_order,
    DATE_DIFF('day', f.last_order, CAST($as_of AS DATE)) AS days_since_last_purchase
FROM firsts AS f
INNER JOIN days AS d ON f.customer_id = d.customer_id AND f.first_order = d.order_date
LEFT JOIN refunds AS r ON f.customer_id = r.customer_id
ORDER BY f.customer_id
