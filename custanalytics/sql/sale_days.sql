-- One row per day with a line in the ledger up to $as_of.
SELECT DISTINCT CAST(ordered_at AS DATE) AS sale_day
FROM ledger
WHERE CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)
ORDER BY sale_day
