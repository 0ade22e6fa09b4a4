-- One row per cohort and period with an active customer in `orders_seen`.
-- cohort, period_index: month number (year * 12 + month - 1) // $months_per_period, of the first
-- purchase and of the purchases counted; active: distinct customers; revenue: currency units.
WITH purchases AS (
    SELECT
        customer_id,
        CAST(
            CAST(EXTRACT(YEAR FROM order_date) * 12 + EXTRACT(MONTH FROM order_date) - 1 AS BIGINT)
            // $months_per_period AS BIGINT
        ) AS period_index,
        amount AS paid
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
),

firsts AS (
    SELECT customer_id, MIN(period_index) AS cohort
    FROM purchases
    GROUP BY customer_id
)

SELECT
    f.cohort,
    p.period_index,
    COUNT(DISTINCT p.customer_id) AS active,
    CAST(SUM(p.paid) AS DOUBLE) AS revenue
FROM purchases AS p
INNER JOIN firsts AS f ON p.customer_id = f.customer_id
GROUP BY f.cohort, p.period_index
ORDER BY f.cohort, p.period_index
