-- One row: how many lines tell their product, category, country and channel.
SELECT
    COUNT(product) AS product,
    COUNT(category) AS category,
    COUNT(country) AS country,
    COUNT(channel) AS channel
FROM ledger
