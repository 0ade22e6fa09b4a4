-- Lines far off the rest: amounts beyond 100 times the usual size, and prices 20 times off the
-- product's usual price. usual = median of the absolute value.
WITH usual AS (
    SELECT median(abs(CAST(amount AS DOUBLE))) AS amount FROM ledger WHERE amount <> 0
),
priced AS (
    SELECT line_no, product, amount,
        abs(CAST(amount AS DOUBLE)) / abs(CAST(quantity AS DOUBLE)) AS price
    FROM ledger WHERE quantity <> 0 AND product IS NOT NULL
),
usual_price AS (
    SELECT product, median(price) AS price, count(*) AS "lines" FROM priced GROUP BY product
)
SELECT 'amount' AS kind, count(*) AS "rows", CAST(COALESCE(sum(abs(l.amount)), 0) AS DOUBLE) AS amount
FROM ledger AS l, usual AS u WHERE abs(CAST(l.amount AS DOUBLE)) > 100 * u.amount
UNION ALL
SELECT 'price', count(*), CAST(COALESCE(sum(abs(p.amount)), 0) AS DOUBLE)
FROM priced AS p JOIN usual_price AS u ON u.product = p.product
WHERE u."lines" >= 10 AND u.price > 0 AND (p.price > 20 * u.price OR p.price < u.price / 20)
UNION ALL
SELECT 'returns unmatched', count(*), CAST(COALESCE(sum(amount), 0) AS DOUBLE)
FROM ledger WHERE amount < 0 AND nets_order_id IS NULL AND customer_id IS NOT NULL
UNION ALL
SELECT 'returns matched', count(*), CAST(COALESCE(sum(amount), 0) AS DOUBLE)
FROM ledger WHERE nets_order_id IS NOT NULL
ORDER BY kind
