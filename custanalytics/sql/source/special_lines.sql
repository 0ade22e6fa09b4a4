-- Lines whose product is no merchandise: postage, fees, gift cards, adjustments, tests; by the
-- product's words. Words that name goods as well (carriage clock, test strips) count only where
-- nothing else stands in the name. Behind a name may stand its code, in brackets.
WITH worded AS (
    SELECT
        REGEXP_REPLACE(LOWER(TRIM(product)), '\s*\([^()]*\)$', '') AS word,
        COUNT(*) AS "lines",
        SUM(amount) AS amount,
        MEDIAN(LENGTH(product)) OVER () AS usual_length
    FROM ledger
    WHERE product IS NOT NULL
    GROUP BY product
),

kinds AS (
    SELECT
        "lines",
        amount,
        CASE
            -- What parcels and cards are packed in, labelled and weighed with are goods.
            WHEN REGEXP_MATCHES(word, '\b(labels?|etiquetas?|etiquettes?|etiketten?|etichette|boxe?s?|kartons?|versandkartons?|cartons?|cajas?|bags?|envelopes?|umschl[aä]ge?|stamps?|briefmarken?|holders?|tape|scales?|waage)\b')
                THEN NULL
            WHEN
                REGEXP_MATCHES(word, '\b(postage|(shipping|delivery|carriage|freight) (and handling |& handling )?(cost|charge|fee|rate)s?|versandkosten\w*|portokosten|frais (de )?(port|livraison|d.envoi|d.exp[eé]dition)|(gastos?|costes?) de env[ií]o|spese di spedizione|(verzend|bezorg)kosten|custos? de envio)\b')
                OR REGEXP_FULL_MATCH(word, '((free|standard|express|economy|priority|special|home|ground|(next|same|second|2nd|saturday)[ -]?day|saturday|flat[ -]rate|tracked|insured|international|domestic|worldwide|uk|eu|us|dhl|ups|dpd|gls|fedex|usps|hermes|royal mail) )*(postage|shipping|delivery|carriage|freight|versand|porto|livraison|env[ií]o|spedizione|verzending|frete)( (express|standard|gratis|gratuit|gratuita|offerte|inland|ausland|dhl|ups|dpd|gls|tracked|(and|&) handling|(und|&) verpackung|((to|nach|within|innerhalb|vers|para|per) .+)))*')
                OR word IN ('post', 'dot')
                THEN 'postage'
            WHEN REGEXP_MATCHES(word, '\b(gift ?(card|voucher|certificate)s?|gutschein|geschenkgutschein|carte cadeau|bon cadeau|tarjeta regalo|carta regalo|cadeaubon|vale presente)\b')
                THEN 'gift card'
            WHEN
                REGEXP_MATCHES(word, '\b(bank charges|fees?|geb[uü]hr(en)?|frais)\b')
                OR REGEXP_FULL_MATCH(word, '((sales|agent|bank|card|payment|amazon|ebay|etsy|cruk) )?commissions?')
                OR word IN ('amazonfee', 'cruk')
                THEN 'fee'
            WHEN
                REGEXP_MATCHES(word, '\b(adjust(ment)? (bad debt|by|of)|bad debt|write.?off|rettifica)\b')
                OR REGEXP_FULL_MATCH(word, '((manual|price|order|cash|stock|invoice|credit|balance)[ -])?(adjust(ment)?|korrektur|correction|ajuste)s?')
                OR word IN ('manual', 'discount', 'rabatt', 'remise', 'descuento', 'sconto', 'samples')
                -- A lone letter among longer codes is keyed by hand.
                OR (word IN ('m', 'd', 's', 'b', 'c2') AND usual_length >= 4)
                THEN 'adjustment'
            WHEN REGEXP_FULL_MATCH(word, 'test([ -]?(order|product|item|article|artikel|produkt|bestellung|sku))?[ -]?\d*')
                THEN 'test'
        END AS kind
    FROM worded
)

SELECT
    kind,
    CAST(SUM("lines") AS BIGINT) AS "rows",
    CAST(SUM(amount) AS DOUBLE) AS amount
FROM kinds
WHERE kind IS NOT NULL
GROUP BY kind
ORDER BY kind
