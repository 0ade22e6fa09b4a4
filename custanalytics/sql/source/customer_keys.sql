-- One row per distinct cell that names a customer: the id it is shown as, null for nobody.
-- Spellings of one key are one customer. n: rows; standing: the id may stand for nobody.
SELECT
    k.cell, k.n, k.key,
    CASE WHEN b.word IS NULL THEN first_value(CASE WHEN is_grouped THEN text ELSE form END) OVER (
        PARTITION BY key
        ORDER BY is_grouped, CASE WHEN is_number THEN -length(form) ELSE 0 END, k.n DESC, k.cell)
    END AS customer_id,
    regexp_full_match(key, '(0|-1|-?9{4,})') AS standing,
    k.text <> first_value(k.text) OVER (PARTITION BY key ORDER BY k.n DESC, k.cell) AS is_other
FROM id_forms AS k
LEFT JOIN nobody AS b ON b.word = lower(trim(k.text))
