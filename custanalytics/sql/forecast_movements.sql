-- One row per order of a known customer and day on which money moved for it, up to $until: the
-- purchase itself, and each day of returns that name it. Enough to net orders as of any day.
-- amount: currency units. order_no: running number over the orders, by customer.
WITH moved AS (
    SELECT
        customer_id,
        order_id,
        CAST(ordered_at AS DATE) AS moved_on,
        CAST(SUM(amount) AS DOUBLE) AS amount
    FROM order_lines
    WHERE customer_id IS NOT NULL AND CAST(ordered_at AS DATE) <= CAST($until AS DATE)
    GROUP BY customer_id, order_id, CAST(ordered_at AS DATE)
)

SELECT
    customer_id,
    CAST(DENSE_RANK() OVER (ORDER BY customer_id, order_id) AS BIGINT) AS order_no,
    moved_on,
    amount
FROM moved
ORDER BY customer_id, order_no, moved_on
