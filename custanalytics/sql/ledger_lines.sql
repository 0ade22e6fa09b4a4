-- One row per usable line of the sales.
SELECT
    line_no,
    customer_id,
    order_id,
    ordered_at,
    amount,
    product,
    quantity,
    nets_order_id,
    category,
    country,
    channel,
    discounted,
    consent
FROM ledger
ORDER BY line_no
