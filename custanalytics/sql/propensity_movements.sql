-- One row per customer, order and day on which money moved for it: the purchase itself, and each
-- day of returns that name it. Small beside the ledger, and enough to net orders as of any day.
-- customer_no: running number, so that every n-th customer can be taken.
-- moved, given_back: currency units. order_day: day of the purchase; null when it isn't in the ledger.
SELECT
    l.customer_id,
    DENSE_RANK() OVER (ORDER BY l.customer_id) AS customer_no,
    o.order_id,
    o.order_date AS order_day,
    o.n_products,
    CAST(DATE_TRUNC('day', l.ordered_at) AS DATE) AS moved_on,
    CAST(SUM(l.amount) AS DECIMAL(18, 4)) AS moved,
    CAST(SUM(CASE WHEN l.amount < 0 THEN -l.amount ELSE 0 END) AS DECIMAL(18, 4)) AS given_back
FROM ledger AS l
INNER JOIN orders AS o
    ON l.customer_id = o.customer_id AND COALESCE(l.nets_order_id, l.order_id) = o.order_id
WHERE l.customer_id IS NOT NULL
GROUP BY
    l.customer_id, o.order_id, o.order_date, o.n_products,
    CAST(DATE_TRUNC('day', l.ordered_at) AS DATE)
ORDER BY l.customer_id, o.order_id, moved_on
