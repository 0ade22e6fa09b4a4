-- One row per line with the order that it counts to: the one that its return names, or the one
-- that its credit note takes back or its bill replaces; else its own. amount: currency units.
SELECT
    l.line_no,
    l.customer_id,
    COALESCE(p.part_of, l.nets_order_id, l.order_id) AS order_id,
    l.ordered_at,
    l.amount
FROM ledger AS l
LEFT JOIN order_parts AS p
    ON l.customer_id = p.customer_id AND COALESCE(l.nets_order_id, l.order_id) = p.order_id
