-- One row: day of the first purchase by a known customer, and day of the last sale of all.
SELECT
    MIN(CASE WHEN customer_id IS NOT NULL AND is_purchase THEN order_date END) AS first_purchase,
    MAX(CASE WHEN is_purchase THEN order_date END) AS last_sale
FROM orders
