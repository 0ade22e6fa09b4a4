-- One row per cutoff: the last day that may be looked at, as a date.
SELECT DISTINCT CAST(cutoff AS DATE) AS cutoff
FROM propensity_days
ORDER BY cutoff
