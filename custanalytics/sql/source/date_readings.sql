-- One row per distinct date cell and order of day, month and year it can be read in.
-- reading: dmy, mdy or ymd; one reading only where the form leaves no choice.
-- ordered_at: null where that reading gives no date.
WITH readings AS (
    SELECT f.*, r.reading,
        CASE
            WHEN form IN ('year_first', 'named') OR (form = 'short' AND reading = 'ymd') THEN a
            WHEN form = 'compact' AND reading = 'ymd' THEN substr(text, 1, 4)
            WHEN form = 'compact' THEN substr(text, 5, 4)
            ELSE c
        END AS y,
        CASE
            WHEN form IN ('year_first', 'named') THEN b
            WHEN form = 'compact' AND reading = 'ymd' THEN substr(text, 5, 2)
            WHEN form = 'compact' AND reading = 'dmy' THEN substr(text, 3, 2)
            WHEN form = 'compact' THEN substr(text, 1, 2)
            WHEN reading = 'mdy' THEN a
            ELSE b
        END AS m,
        CASE
            WHEN form IN ('year_first', 'named') OR (form = 'short' AND reading = 'ymd') THEN c
            WHEN form = 'compact' AND reading = 'ymd' THEN substr(text, 7, 2)
            WHEN form = 'compact' AND reading = 'dmy' THEN substr(text, 1, 2)
            WHEN form = 'compact' THEN substr(text, 3, 2)
            WHEN reading = 'mdy' THEN b
            ELSE a
        END AS d,
        CASE
            WHEN form = 'compact' THEN NULLIF(substr(text, 9, 2), '')
            WHEN half = 'p' AND CAST(hour AS INTEGER) < 12 THEN CAST(CAST(hour AS INTEGER) + 12 AS VARCHAR)
            WHEN half = 'a' AND hour = '12' THEN '0'
            ELSE NULLIF(hour, '')
        END AS hh,
        CASE WHEN form = 'compact' THEN NULLIF(substr(text, 11, 2), '') ELSE NULLIF(minute, '') END AS mi,
        CASE WHEN form = 'compact' THEN NULLIF(substr(text, 13, 2), '') ELSE NULLIF(second, '') END AS ss
    FROM date_forms AS f
    JOIN (VALUES ('dmy'), ('mdy'), ('ymd')) AS r(reading)
        ON r.reading = 'ymd' OR f.form IN ('long', 'short', 'compact')
    WHERE NOT (f.form = 'long' AND r.reading = 'ymd')
),
years AS (
    SELECT *,
        CASE WHEN length(y) = 2 AND CAST(y AS INTEGER) < 70 THEN '20' || y
             WHEN length(y) = 2 THEN '19' || y ELSE y END AS yyyy
    FROM readings
)
SELECT cell, n, form, reading, contains(text, '.') AS dotted,
    CASE
        WHEN form IN ('missing', 'bad') THEN NULL
        WHEN form = 'serial' THEN TRY(TIMESTAMP '1899-12-30 00:00:00'
            + to_seconds(CAST(round(CAST(replace(text, ',', '.') AS DOUBLE) * 86400) AS BIGINT)))
        WHEN form = 'epoch' THEN TRY(make_timestamp(CAST(
            CASE WHEN length(text) >= 12 AND NOT contains(text, '.') THEN CAST(text AS BIGINT) // 1000
                 ELSE CAST(floor(CAST(text AS DOUBLE)) AS BIGINT) END AS BIGINT) * 1000000))
        WHEN length(y) IN (2, 4) THEN TRY_CAST(
            yyyy || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') || ' '
            || lpad(COALESCE(hh, '0'), 2, '0') || ':' || COALESCE(mi, '00') || ':' || COALESCE(ss, '00')
            AS TIMESTAMP)
    END AS ordered_at
FROM years
