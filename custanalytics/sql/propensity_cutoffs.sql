-- One row per cutoff: the last day that may be looked at, as a date.
-- labelled: its window lies in the data, so that its outcome is known.
SELECT DISTINCT
    CAST(cutoff AS DATE) AS cutoff,
    labelled
FROM propensity_days
ORDER BY cutoff
