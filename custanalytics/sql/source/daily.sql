-- One row per day with sales: lines, and what they came to.
SELECT
    CAST(ordered_at AS DATE) AS "day",
    count(*) AS "lines",
    CAST(sum(amount) AS DOUBLE) AS amount,
    sum(CASE WHEN ordered_at = date_trunc('day', ordered_at) THEN 1 ELSE 0 END) AS midnights
FROM ledger
GROUP BY 1
ORDER BY 1
