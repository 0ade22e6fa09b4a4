-- One row: the headline figures of the ledger. revenue: of rows with a customer, net of returns.
SELECT
    (SELECT count(DISTINCT customer_id) FROM fates
        WHERE fate IN ('used', 'zero_amount', 'exact_duplicate')) AS customers,
    (SELECT count(DISTINCT customer_id) FROM orders
        WHERE customer_id IS NOT NULL AND is_purchase) AS buyers,
    (SELECT count(*) FROM orders WHERE customer_id IS NOT NULL AND is_purchase) AS orders,
    (SELECT CAST(COALESCE(sum(amount), 0) AS DECIMAL(38, 4)) FROM ledger
        WHERE customer_id IS NOT NULL) AS revenue,
    (SELECT CAST(COALESCE(sum(amount), 0) AS DECIMAL(38, 4)) FROM ledger
        WHERE customer_id IS NULL) AS revenue_without_customer,
    (SELECT min(ordered_at) FROM ledger WHERE customer_id IS NOT NULL) AS first_order,
    (SELECT max(ordered_at) FROM ledger WHERE customer_id IS NOT NULL) AS last_order,
    (SELECT count(*) FROM fates WHERE is_duplicate) AS duplicate_rows,
    (SELECT CAST(COALESCE(sum(amount), 0) AS DECIMAL(38, 4)) FROM fates
        WHERE is_duplicate) AS duplicate_amount
