-- One row per distinct date cell: its parts, and how it is written.
-- form: year_first, long (year of four figures last), short (years of two figures), named
-- (month as a word), compact, serial (days of a spreadsheet), epoch, missing, bad.
-- a, b, c: the three parts as they stand; b is the month's number where it was a word.
WITH plain AS (
    SELECT cell, n,
        trim(regexp_replace(regexp_replace(translate(lower(cell),
            '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९๐๑๒๓๔๕๖๗๘๙',
            '01234567890123456789012345678901234567890123456789'),
            '[\x{00a0}\x{2009}\x{202f}\x{3000}]', ' ', 'g'),
            ' *(hs|h|uhr|г|год|году)\.?$', ''), ' ''') AS text
    FROM date_cells
),
-- Years, months and days behind their signs, years of emperors: as in Japan, China and Korea.
signed AS (
    SELECT cell, n, text,
        regexp_extract(text, '^(令和|平成|昭和|[rh])? ?\.?(元|\d{1,4}) ?(?:[年년]|[./-]) ?(\d{1,2}) ?(?:[月월]|[./-]) ?(\d{1,2}) ?(?:[日일号]|\.)?(.*)$',
            ['era', 'year', 'month', 'day', 'rest']) AS s,
        regexp_matches(text, '^(令和|平成|昭和|[rh]\.?\d)|[年년]') AS is_signed
    FROM plain
),
cleaned AS (
    SELECT cell, n,
        CASE
            WHEN NOT is_signed OR s.year = ''
                THEN regexp_replace(text, '^(\d{4}\. ?\d{1,2}\. ?\d{1,2})\.', '\1')
            ELSE CAST(CASE s.year WHEN '元' THEN 1 ELSE TRY_CAST(s.year AS INTEGER) END
                + CASE s.era WHEN '' THEN 0 WHEN '令和' THEN 2018 WHEN 'r' THEN 2018
                    WHEN '昭和' THEN 1925 ELSE 1988 END AS VARCHAR)
                || '-' || s.month || '-' || s.day
                || regexp_replace(regexp_replace(s.rest,
                    '(\d{1,2})[時시] ?(\d{1,2})[分분](?: ?(\d{1,2})[秒초])?', '\1:\2'),
                    '^ ?[(（].{1,3}[)）]', '')
        END AS text
    FROM signed
),
split AS (
    SELECT cell, n, text,
        regexp_extract(text,
            '^(\d{1,4})[-/. ] ?(\d{1,2})[-/. ] ?(\d{1,4})(?:(?:t|[ ,]+)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?(?:uhr)? ?(?:([ap])\.? ?m\.?)? ?\(?(?:z|[a-z]{2,5})?\)? ?(?:[-+]\d{2}(?::?\d{2})?)?)?$',
            ['a', 'b', 'c', 'hour', 'minute', 'second', 'half']) AS figures,
        regexp_extract(text,
            '^(?:\p{L}\p{L}+\.?,? +)?(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[-/ .]*(?:de |of )?(\p{L}\p{L}+)\.?[-/ ,.]*(?:de |del )?(\d{4}|\d{2})(?:,? *(?:t|um|at|à|a las|[ ,]) *(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?(?:uhr)? ?(?:([ap])\.? ?m\.?)? ?\(?(?:z|[a-z]{2,5})?\)? ?(?:[-+]\d{2}(?::?\d{2})?)?)?$',
            ['c', 'b', 'a', 'hour', 'minute', 'second', 'half']) AS day_first,
        regexp_extract(text,
            '^(?:\p{L}\p{L}+\.?,? +)?(\p{L}\p{L}+)\.?[-/ ]*(\d{1,2})(?:st|nd|rd|th)?[-/ ,]+(\d{4}|\d{2})(?:,? *(?:t|at|[ ,]) *(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?(?:([ap])\.? ?m\.?)? ?\(?(?:z|[a-z]{2,5})?\)? ?(?:[-+]\d{2}(?::?\d{2})?)?)?$',
            ['b', 'c', 'a', 'hour', 'minute', 'second', 'half']) AS month_first,
        regexp_extract(text,
            '^(\d{4})[-/ ](\p{L}\p{L}+)\.?[-/ ](\d{1,2})(?:(?:t|[ ,]+)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?)?$',
            ['a', 'b', 'c', 'hour', 'minute', 'second']) AS year_word
    FROM cleaned
),
parts AS (
    SELECT cell, n, text,
        CASE
            WHEN text IN ('', '-', '--', '—', 'null', 'none', 'nan', 'nat', 'n/a', '#n/a', '\n', '0000-00-00', '0000-00-00 00:00:00') THEN 'missing'
            WHEN regexp_matches(text, '^[2-8]\d{4}([.,]\d+)?$') THEN 'serial'
            WHEN regexp_matches(text, '^\d{8}$') OR regexp_matches(text, '^\d{14}$') THEN 'compact'
            WHEN regexp_matches(text, '^1?\d{9}(\.\d+)?$') OR regexp_matches(text, '^1?\d{12}$') THEN 'epoch'
            WHEN length(figures.a) = 4 AND length(figures.c) <= 2 THEN 'year_first'
            WHEN length(figures.a) BETWEEN 1 AND 2 AND length(figures.c) = 4 THEN 'long'
            WHEN length(figures.a) BETWEEN 1 AND 2 AND length(figures.c) = 2 THEN 'short'
            WHEN day_first.b <> '' OR month_first.b <> '' OR year_word.b <> '' THEN 'named'
            ELSE 'bad'
        END AS form,
        CASE WHEN figures.b <> '' THEN 1 WHEN day_first.b <> '' THEN 2 WHEN month_first.b <> '' THEN 3 ELSE 4 END AS which,
        figures, day_first, month_first, year_word
    FROM split
)
SELECT
    p.cell, p.n, p.text,
    CASE WHEN p.form = 'named' AND m.month IS NULL THEN 'bad' ELSE p.form END AS form,
    CASE which WHEN 1 THEN figures.a WHEN 2 THEN day_first.a WHEN 3 THEN month_first.a ELSE year_word.a END AS a,
    CASE which WHEN 1 THEN figures.b ELSE CAST(m.month AS VARCHAR) END AS b,
    CASE which WHEN 1 THEN figures.c WHEN 2 THEN day_first.c WHEN 3 THEN month_first.c ELSE year_word.c END AS c,
    CASE which WHEN 1 THEN figures.hour WHEN 2 THEN day_first.hour WHEN 3 THEN month_first.hour ELSE year_word.hour END AS hour,
    CASE which WHEN 1 THEN figures.minute WHEN 2 THEN day_first.minute WHEN 3 THEN month_first.minute ELSE year_word.minute END AS minute,
    CASE which WHEN 1 THEN figures.second WHEN 2 THEN day_first.second WHEN 3 THEN month_first.second ELSE year_word.second END AS second,
    CASE which WHEN 1 THEN figures.half WHEN 2 THEN day_first.half WHEN 3 THEN month_first.half ELSE '' END AS half
FROM parts AS p
LEFT JOIN months AS m
    ON m.name = CASE which WHEN 2 THEN day_first.b WHEN 3 THEN month_first.b WHEN 4 THEN year_word.b END
