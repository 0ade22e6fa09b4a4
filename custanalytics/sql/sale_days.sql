-- One row per day with a line in the ledger up to $observation_end.
SELECT DISTINCT CAST(ordered_at AS DATE) AS sale_day
FROM ledger
WHERE CAST(ordered_at AS DATE) <= CAST($observation_end AS DATE)
ORDER BY sale_day
