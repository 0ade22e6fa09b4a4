-- One row per line of the ledger; product: null too where it is no merchandise, but postage, a fee
-- or an adjustment. Behind such a name may stand its code.
SELECT
    line_no,
    customer_id,
    order_id,
    ordered_at,
    amount,
    quantity,
    category,
    country,
    channel,
    discounted,
    CASE
        WHEN
            LOWER(TRIM(product)) IN (                'post', 'dot', 'c2', 'm', 'd', 's', 'b', 'postage', 'dotcom postage',
                'free postage', 'carriage', 'next day carriage', 'shipping', 'shipping cost',
                'shipping costs', 'shipping charge', 'shipping charges', 'shipping fee',
                'delivery', 'delivery cost', 'delivery costs', 'delivery charge',
                'delivery charges', 'delivery fee', 'versand', 'versandkosten', 'porto',
                'frais de port', 'envio', 'envío', 'gastos de envio', 'gastos de envío',
                'spedizione', 'spese di spedizione', 'verzendkosten', 'frete', 'bank charges',
                'amazonfee', 'amazon fee', 'cruk', 'cruk commission', 'manual', 'discount',
                'rabatt', 'samples', 'adjustment', 'adjust bad debt'
            )
            OR LOWER(product) LIKE 'postage (%)'
            OR LOWER(product) LIKE 'carriage (%)'
            OR LOWER(product) LIKE 'shipping (%)'
            OR LOWER(product) LIKE 'delivery (%)'
            OR LOWER(product) LIKE 'manual (%)'
            OR LOWER(product) LIKE 'discount (%)'
            OR LOWER(product) LIKE 'samples (%)'
            OR LOWER(product) LIKE 'adjustment (%)'
            THEN NULL
        ELSE product
    END AS product
FROM ledger
