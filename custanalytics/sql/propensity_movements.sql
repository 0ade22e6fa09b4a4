-- One row per customer, order and day on which money moved for it: the purchase itself, and each
-- day of returns that name it. Small beside the ledger, and enough to net orders as of any day.
-- customer_no: running number, so that every n-th customer can be taken.
-- moved, given_back: currency units. order_day: day of the purchase; null when it isn't in the ledger.
WITH baskets AS (
    SELECT
        customer_id,
        order_id,
        COUNT(DISTINCT product) AS n_products
    FROM ledger
    WHERE customer_id IS NOT NULL AND nets_order_id IS NULL
    GROUP BY customer_id, order_id
)

SELECT
    l.customer_id,
    CAST(DENSE_RANK() OVER (ORDER BY l.customer_id) AS BIGINT) AS customer_no,
    o.order_id,
    o.order_date AS order_day,
    COALESCE(b.n_products, 0) AS n_products,
    CAST(DATE_TRUNC('day', l.ordered_at) AS DATE) AS moved_on,
    CAST(SUM(l.amount) AS DECIMAL(18, 4)) AS moved,
    CAST(SUM(CASE WHEN l.amount < 0 THEN -l.amount ELSE 0 END) AS DECIMAL(18, 4)) AS given_back
FROM order_lines AS l
INNER JOIN orders AS o
    ON l.customer_id = o.customer_id AND l.order_id = o.order_id
LEFT JOIN baskets AS b
    ON o.customer_id = b.customer_id AND o.order_id = b.order_id
WHERE l.customer_id IS NOT NULL
GROUP BY
    l.customer_id, o.order_id, o.order_date, COALESCE(b.n_products, 0),
    CAST(DATE_TRUNC('day', l.ordered_at) AS DATE)
ORDER BY l.customer_id, o.order_id, moved_on
