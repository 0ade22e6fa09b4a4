-- One row per customer with a purchase: the first purchase day, and what came within
-- $window_days after it. first_month: months since year 0; days_to_second: days, null where no
-- second purchase day was seen; n_lines: lines of goods bought on the first day; n_products: how
-- many different ones, null where no line names any; later_revenue: currency units, net of
-- returns, without the first day.
WITH days AS (
    SELECT
        customer_id,
        order_date,
        SUM(amount) AS day_revenue,
        MAX(CASE WHEN is_purchase THEN 1 ELSE 0 END) AS bought
    FROM orders_seen
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id, order_date
),

firsts AS (
    SELECT customer_id, MIN(order_date) AS first_order
    FROM days
    WHERE bought = 1
    GROUP BY customer_id
),

later AS (
    SELECT
        f.customer_id,
        MIN(CASE WHEN d.bought = 1 THEN DATE_DIFF('day', f.first_order, d.order_date) END)
            AS days_to_second,
        SUM(
            CASE
                WHEN DATE_DIFF('day', f.first_order, d.order_date) <= $window_days
                    THEN d.day_revenue
            END
        ) AS later_revenue
    FROM firsts AS f
    INNER JOIN days AS d ON f.customer_id = d.customer_id AND f.first_order < d.order_date
    GROUP BY f.customer_id
),

baskets AS (
    SELECT
        f.customer_id,
        COUNT(*) AS n_lines,
        NULLIF(COUNT(DISTINCT l.product), 0) AS n_products
    FROM firsts AS f
    INNER JOIN ledger AS l
        ON f.customer_id = l.customer_id AND f.first_order = CAST(l.ordered_at AS DATE)
    WHERE l.amount > 0
    GROUP BY f.customer_id
)

SELECT
    f.customer_id,
    f.first_order,
    CAST(EXTRACT(YEAR FROM f.first_order) * 12 + EXTRACT(MONTH FROM f.first_order) - 1 AS BIGINT)
        AS first_month,
    DATE_DIFF('day', f.first_order, CAST($as_of AS DATE)) AS days_observed,
    l.days_to_second,
    b.n_lines,
    b.n_products,
    CAST(COALESCE(l.later_revenue, 0) AS DOUBLE) AS later_revenue
FROM firsts AS f
LEFT JOIN later AS l ON f.customer_id = l.customer_id
LEFT JOIN baskets AS b ON f.customer_id = b.customer_id
ORDER BY f.customer_id
