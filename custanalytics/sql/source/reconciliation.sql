-- One row per fate: rows, and what they came to in the ledger's currency.
SELECT
    fate AS reason,
    count(*) AS "rows",
    CAST(COALESCE(SUM(amount), 0) AS DECIMAL(38, 4)) AS amount
FROM fates
GROUP BY fate
ORDER BY fate
