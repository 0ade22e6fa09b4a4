-- Lines whose product is no merchandise: postage, fees, gift cards, adjustments; by the word.
WITH worded AS (
    SELECT "lines", amount,
        CASE
            -- Labels and boxes for parcels are goods.
            WHEN regexp_matches(word, '\b(labels?|etiquetas?|etiquettes?|etiketten?|etichette|boxe?s?|kartons?|versandkartons?|cartons?|cajas?|bags?|envelopes?|umschl[aä]ge?|tape|scale|waage)\b') THEN NULL
            WHEN regexp_matches(word, '\b(postage|shipping|versand|versandkosten|porto|frais de port|livraison|gastos de env[ií]o|env[ií]o|spedizione|verzendkosten|frete|dotcom postage|carriage|delivery( charge| fee)?)\b') OR word IN ('post', 'dot', 'c2') THEN 'postage'
            WHEN regexp_matches(word, '\b(gift ?(card|voucher|certificate)s?|gutschein|geschenkgutschein|carte cadeau|bon cadeau|tarjeta regalo|carta regalo|cadeaubon|vale presente)\b') THEN 'gift card'
            WHEN regexp_matches(word, '\b(bank charges|fee|fees|geb[uü]hr|commission|amazon fee|cruk commission|frais)\b') OR word IN ('bank charges', 'amazonfee', 'cruk') THEN 'fee'
            WHEN regexp_matches(word, '\b(adjust(ment)? (bad debt|by|of)|bad debt|write.?off|rettifica)\b')
                OR regexp_full_match(word, '((manual|price|order|cash|stock|invoice|credit|balance)[ -])?(adjust(ment)?|korrektur|correction|ajuste)s?') OR word IN ('manual', 'm', 'd', 's', 'b', 'discount', 'samples') THEN 'adjustment'
            WHEN regexp_matches(word, '^test') THEN 'test'
        END AS kind
    FROM (
        SELECT lower(trim(product)) AS word, count(*) AS "lines", sum(amount) AS amount
        FROM ledger WHERE product IS NOT NULL GROUP BY 1
    ) AS p
)
SELECT kind, CAST(sum("lines") AS BIGINT) AS "rows", CAST(sum(amount) AS DOUBLE) AS amount
FROM worded WHERE kind IS NOT NULL GROUP BY kind ORDER BY kind
