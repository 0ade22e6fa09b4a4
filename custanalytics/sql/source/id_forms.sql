-- One row per distinct cell that names somebody or something: the form in which it is compared.
-- Spellings that differ in blanks, invisible signs, capitals, lost zeros, a spreadsheet's .0,
-- signs of thousands or ="..." have one key. n: rows; form: as it is shown.
WITH tidied AS (
    SELECT cell, n,
        trim(regexp_replace(regexp_replace(regexp_replace(nfc_normalize(cell),
            '[\x{00ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{feff}\x{034f}\x{061c}\x{115f}\x{180e}\x{fe00}-\x{fe0f}]', '', 'g'),
            '^="(.*)"$', '\1'),
            '[\s\x{00a0}\x{2000}-\x{200a}\x{202f}\x{3000}]+', ' ', 'g')) AS text
    FROM id_cells
),
formed AS (
    SELECT cell, n, text,
        regexp_full_match(text, '[0-9]{1,3}([,'' ][0-9]{3})+') AS is_grouped,
        CASE
            WHEN contains(text, '@') THEN lower(COALESCE(
                NULLIF(regexp_extract(text, '^(?:mailto:)?(?:.*<)?([^<>\s:]+@[^<>\s]+?)>?$', 1), ''), text))
            WHEN regexp_full_match(text, '''?[0-9]+\.0{1,2}') THEN regexp_extract(text, '[0-9]+')
            WHEN regexp_full_match(text, '''[0-9A-Za-z][^'']*') THEN substr(text, 2)
            -- A lone quote beside an id that is there without it is left of a torn line.
            WHEN regexp_full_match(text, '"[^"]+|[^"]+"')
                AND replace(text, '"', '') IN (SELECT t.text FROM tidied AS t)
                THEN replace(text, '"', '')
            ELSE text
        END AS form
    FROM tidied
),
counted AS (
    SELECT *,
        CASE WHEN is_grouped THEN regexp_replace(form, '[,'' ]', '', 'g') ELSE form END AS bare,
        regexp_full_match(form, '[0-9]+') AS is_number,
        regexp_full_match(form, '0[0-9]+') AS is_padded
    FROM formed
),
-- Keys such as 00A1b2C3 mean something by their capitals; ids padded to several lengths by zeros.
ways AS (
    SELECT
        sum(CASE WHEN regexp_matches(form, '[a-z]') AND regexp_matches(form, '[A-Z]')
            AND regexp_matches(form, '[0-9]') AND NOT contains(form, ' ') AND NOT contains(form, '@')
            THEN 1 ELSE 0 END)
            > 0.5 * sum(CASE WHEN regexp_matches(form, '[A-Za-z]') THEN 1 ELSE 0 END) AS by_capitals,
        count(DISTINCT CASE WHEN is_padded THEN length(form) END) <= 1 AS one_padding
    FROM counted
),
keyed AS (
    SELECT c.*,
        CASE
            WHEN (is_number OR is_grouped) AND w.one_padding
                THEN COALESCE(NULLIF(ltrim(bare, '0'), ''), '0')
            WHEN COALESCE(w.by_capitals, false) THEN bare
            ELSE lower(bare)
        END AS key
    FROM counted AS c, ways AS w
)
SELECT cell, n, text, form, is_grouped, is_number, key FROM keyed
