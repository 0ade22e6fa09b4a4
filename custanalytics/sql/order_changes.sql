-- One row per line or return of an order that changed on a later day than its first.
-- amount: currency units.
SELECT
    o.customer_id,
    o.order_id,
    o.changed_on,
    l.ordered_at,
    l.amount
FROM orders AS o
INNER JOIN order_lines AS l
    ON
        o.order_id = l.order_id
        AND COALESCE(o.customer_id, '') = COALESCE(l.customer_id, '')
        AND CASE WHEN o.customer_id IS NULL THEN 1 ELSE 0 END
        = CASE WHEN l.customer_id IS NULL THEN 1 ELSE 0 END
WHERE o.order_date < o.changed_on
ORDER BY o.customer_id NULLS FIRST, o.order_id, l.line_no
