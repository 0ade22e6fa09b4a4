-- One row per distinct cell of a column of numbers: its value, null where it is missing or bad.
-- number: exact, as written; unit: currency sign or code beside it, empty where none.
SELECT
    f.col, f.cell, f.n, f.unit, f.form,
    CASE
        WHEN f.form IN ('missing', 'bad') THEN NULL
        WHEN f.form = 'whole' THEN TRY_CAST(f.core AS DECIMAL(38, 10))
        WHEN d.decimal_sign = 'point' AND f.form IN ('point', 'point3', 'comma3', 'comma_groups')
            THEN TRY_CAST(replace(f.core, ',', '') AS DECIMAL(38, 10))
        WHEN d.decimal_sign = 'comma' AND f.form IN ('comma', 'comma3', 'point3', 'point_groups')
            THEN TRY_CAST(replace(replace(f.core, '.', ''), ',', '.') AS DECIMAL(38, 10))
    END * CASE WHEN f.negative THEN -1 ELSE 1 END AS number
FROM number_forms AS f
JOIN number_decisions AS d ON d.col = f.col
