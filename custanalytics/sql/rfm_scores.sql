-- One row per customer of table `summary`: recency, frequency and monetary scores, 1 to $levels.
-- A score comes from the share of customers below a value plus half of those who tie with it,
-- so that ties fall together and nothing depends on their order.
WITH recency_histogram AS (
    SELECT days_since_last_purchase AS v, COUNT(*) AS n FROM summary GROUP BY days_since_last_purchase
),

orders_histogram AS (
    SELECT n_orders AS v, COUNT(*) AS n FROM summary GROUP BY n_orders
),

spend_histogram AS (
    SELECT total_spend AS v, COUNT(*) AS n FROM summary GROUP BY total_spend
),

customers AS (
    SELECT COUNT(*) AS total FROM summary
),

recency_ranks AS (
    SELECT v, CAST(SUM(n) OVER (ORDER BY v DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) * 2 - n AS mid
    FROM recency_histogram
),

orders_ranks AS (
    SELECT v, CAST(SUM(n) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) * 2 - n AS mid
    FROM orders_histogram
),

spend_ranks AS (
    SELECT v, CAST(SUM(n) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) * 2 - n AS mid
    FROM spend_histogram
)

SELECT
    s.customer_id,
    s.days_since_last_purchase,
    s.n_orders,
    s.total_spend,
    CAST(LEAST($levels, 1 + ($levels * r.mid) // (2 * c.total)) AS BIGINT) AS r_score,
    CAST(LEAST($levels, 1 + ($levels * f.mid) // (2 * c.total)) AS BIGINT) AS f_score,
    CAST(LEAST($levels, 1 + ($levels * m.mid) // (2 * c.total)) AS BIGINT) AS m_score
FROM summary AS s
CROSS JOIN customers AS c
INNER JOIN recency_ranks AS r ON s.days_since_last_purchase = r.v
INNER JOIN orders_ranks AS f ON s.n_orders = f.v
INNER JOIN spend_ranks AS m ON s.total_spend = m.v
ORDER BY s.customer_id
