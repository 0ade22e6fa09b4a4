-- Rows whose order number was given again: to another order of the same customer.
-- run: 0 for the first order of that number and customer, 1 for the second ...
-- An order is given again after a month without a row of it; where each row states the order's
-- total, also on another day with another total.
WITH sold AS (
    SELECT l.line_no, l.order_cell, COALESCE(c.customer_id, '') AS customer_id, l.ordered_at, l.amount
    FROM lines AS l
    JOIN line_customers AS c ON c.line_no = l.line_no
    WHERE l.order_cell IS NOT NULL AND l.date_state = 'ok' AND l.amount > 0
),
doubtful AS (
    SELECT order_cell, customer_id FROM sold GROUP BY order_cell, customer_id
    HAVING date_diff('day', min(ordered_at), max(ordered_at)) > 31
        OR ($money = 'order_total' AND date_diff('day', min(ordered_at), max(ordered_at)) > 0)
),
stepped AS (
    SELECT s.*,
        CASE WHEN date_diff('day', lag(ordered_at) OVER w, ordered_at) > 31 THEN 1
             WHEN $money = 'order_total' AND amount <> lag(amount) OVER w
                AND date_diff('day', lag(ordered_at) OVER w, ordered_at) > 0 THEN 1
             ELSE 0 END AS starts
    FROM sold AS s SEMI JOIN doubtful AS d
        ON d.order_cell = s.order_cell AND d.customer_id = s.customer_id
    WINDOW w AS (PARTITION BY s.order_cell, s.customer_id ORDER BY s.ordered_at, s.line_no)
)
SELECT line_no, CAST(sum(starts) OVER (
    PARTITION BY order_cell, customer_id ORDER BY ordered_at, line_no
    ROWS UNBOUNDED PRECEDING) AS INTEGER) AS run
FROM stepped
