-- One row per customer of the ledger.
SELECT DISTINCT customer_id
FROM ledger
WHERE customer_id IS NOT NULL
ORDER BY customer_id
