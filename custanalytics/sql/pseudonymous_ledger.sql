-- One row per line of real_ledger, its customer under the name that pseudonyms gives, its order
-- under a number of ours that stands where its own stood among the others.
WITH known AS (
    SELECT order_id FROM real_ledger
    UNION
    SELECT nets_order_id AS order_id FROM real_ledger
),

numbers AS (
    SELECT
        order_id,
        CAST(100000000000 + ROW_NUMBER() OVER (ORDER BY order_id) AS VARCHAR) AS order_number
    FROM known
    WHERE order_id IS NOT NULL
)

SELECT
    l.line_no,
    p.pseudonym AS customer_id,
    o.order_number AS order_id,
    l.ordered_at,
    l.amount,
    l.product,
    l.quantity,
    n.order_number AS nets_order_id,
    l.category,
    l.country,
    l.channel,
    l.discounted,
    l.consent
FROM real_ledger AS l
LEFT JOIN pseudonyms AS p ON l.customer_id = p.customer_id
LEFT JOIN numbers AS o ON l.order_id = o.order_id
LEFT JOIN numbers AS n ON l.nets_order_id = n.order_id
ORDER BY l.line_no
