-- One row per distinct cell of a column of numbers: sign, unit, digits, and how it is written.
-- form: whole, point, comma (the decimal sign is certain), point3, comma3 (one sign and three
-- digits behind it: decimals or thousands), point_groups, comma_groups (only thousands),
-- missing, bad.
WITH cleaned AS (
    SELECT
        col, cell, n,
        trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(cell),
            '&(nbsp|#160);|[\x{00a0}\x{2007}\x{2009}\x{202f}]', ' ', 'g'),
            '&(dollar|#36);', '$', 'g'),
            '&(euro|#8364);', '€', 'g'),
            '&(pound|#163);', '£', 'g')) AS text
    FROM number_cells
),
split AS (
    SELECT
        col, cell, n, text,
        regexp_extract(
            text,
            '^''?([-+−–(]*) *([^-0-9.,()+−–''’ ]{1,6}\.?)? *([-+−–(]*) *((?:[0-9][0-9.,''’ ]*|[.,][0-9]+)) *([-–—−]*) *([^-0-9.,()+−–''’ ]{1,6}\.?)? *([-−–)+]*)$',
            ['before', 'unit_before', 'inner', 'digits', 'dashes', 'unit_after', 'after']
        ) AS s
    FROM cleaned
),
signed AS (
    SELECT
        col, cell, n, text,
        CASE WHEN s.unit_before <> '' AND s.unit_after <> '' AND s.unit_before <> s.unit_after
             THEN s.unit_before || ' ' || s.unit_after
             ELSE COALESCE(NULLIF(s.unit_before, ''), s.unit_after) END AS unit,
        regexp_matches(trim(s.digits), '[.,]$') AND s.dashes <> '' AS dash_cents,
        regexp_replace(trim(s.digits), '[.,]$', '') AS digits,
        s.before || s.inner || s.after
            || CASE WHEN regexp_matches(trim(s.digits), '[.,]$') THEN '' ELSE s.dashes END AS signs,
        regexp_matches(trim(s.digits), ',$') AND s.dashes = '' AS cut_off
    FROM split
),
grouped AS (
    SELECT
        *,
        regexp_matches(digits, '[''’ ]') AS spaced,
        regexp_matches(digits, '^[0-9]{1,3}([''’ ][0-9]{3})+([.,][0-9]*)?$') AS well_spaced,
        regexp_replace(digits, '[''’ ]', '', 'g') AS core,
        length(regexp_replace(signs, '[^-−–—]', '', 'g')) AS minuses,
        contains(signs, '(') AS opened,
        contains(signs, ')') AS closed
    FROM signed
)
SELECT
    col, cell, n, unit, core,
    minuses > 0 OR opened AS negative,
    CASE
        WHEN text IN ('', '-', '--', '---', '–', '—', 'null', 'none', 'nan', 'n/a', '#n/a', 'na', '\n')
            THEN 'missing'
        WHEN core = '' OR cut_off OR minuses > 1 OR opened <> closed OR (spaced AND NOT well_spaced)
            THEN 'bad'
        WHEN regexp_matches(core, '^[0-9]+$') THEN 'whole'
        WHEN spaced AND regexp_matches(core, '^[0-9]+\.[0-9]*$') THEN 'point'
        WHEN spaced AND regexp_matches(core, '^[0-9]+,[0-9]*$') THEN 'comma'
        WHEN regexp_matches(core, '^[1-9][0-9]{0,2}\.[0-9]{3}$') THEN 'point3'
        WHEN regexp_matches(core, '^[1-9][0-9]{0,2},[0-9]{3}$') THEN 'comma3'
        WHEN regexp_matches(core, '^[0-9]*\.[0-9]+$') THEN 'point'
        WHEN regexp_matches(core, '^[0-9]*,[0-9]+$') THEN 'comma'
        WHEN regexp_matches(core, '^[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}\.[0-9]+$') THEN 'point'
        WHEN regexp_matches(core, '^[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$') THEN 'comma'
        WHEN regexp_matches(core, '^[0-9]{1,3}(\.[0-9]{3}){2,}$') THEN 'point_groups'
        WHEN regexp_matches(core, '^[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}$') THEN 'comma_groups'
        ELSE 'bad'
    END AS form
FROM grouped
