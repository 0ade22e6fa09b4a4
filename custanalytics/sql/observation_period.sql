-- One row: first and last day with a line in the ledger.
SELECT
    CAST(MIN(ordered_at) AS DATE) AS first_day,
    CAST(MAX(ordered_at) AS DATE) AS last_day
FROM ledger
