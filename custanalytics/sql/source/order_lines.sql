-- The rows of `fates`, the total of an order shared among its lines by quantity times price.
-- The first line keeps what rounding leaves, so that the lines come to the total to the cent.
WITH weighed AS (
    SELECT f.*,
        CASE WHEN f.order_id IS NULL THEN 0
             ELSE abs(CAST(q.number AS DOUBLE) * CAST(p.number AS DOUBLE)) END AS weight
    FROM fates AS f
    JOIN raw_lines AS c ON c.line_no = f.line_no
    LEFT JOIN number_values AS q ON q.col = $quantity AND q.cell = c.quantity_cell
    LEFT JOIN number_values AS p ON p.col = $unit_price AND p.cell = c.price_cell
),
heads AS (
    SELECT order_id, owner, customer_id, ordered_at, amount, currency, country, channel, discounted,
        consent, refund_of, fate
    FROM weighed WHERE line_of_order = 1 AND order_id IS NOT NULL AND fate IN ('used', 'no_customer')
),
weights AS (
    SELECT order_id, owner, sum(weight) AS weight
    FROM weighed WHERE fate IN ('used', 'no_customer', 'further_line')
    GROUP BY order_id, owner
    HAVING count(*) > 1 AND count(weight) = count(*) AND sum(weight) > 0
),
shared AS (
    SELECT w.line_no, h.*,
        CAST(CASE WHEN w.line_of_order = 1 THEN 0
                  ELSE sign(h.amount) * floor(abs(CAST(h.amount AS DOUBLE)) * w.weight / s.weight * 100 + 1e-6) / 100
             END AS DECIMAL(18, 4)) AS part
    FROM weighed AS w
    JOIN heads AS h ON h.order_id = w.order_id AND h.owner = w.owner
    JOIN weights AS s ON s.order_id = w.order_id AND s.owner = w.owner
    WHERE w.fate IN ('used', 'no_customer', 'further_line')
),
parts AS (
    SELECT *, amount - sum(part) OVER (PARTITION BY order_id, owner) + part AS rest FROM shared
)
SELECT f.* REPLACE (
    CASE WHEN p.line_no IS NULL THEN f.amount WHEN f.line_of_order = 1 THEN p.rest ELSE p.part END AS amount,
    COALESCE(p.customer_id, f.customer_id) AS customer_id,
    COALESCE(p.ordered_at, f.ordered_at) AS ordered_at,
    COALESCE(p.currency, f.currency) AS currency,
    COALESCE(p.country, f.country) AS country,
    COALESCE(p.channel, f.channel) AS channel,
    COALESCE(p.discounted, f.discounted) AS discounted,
    COALESCE(p.consent, f.consent) AS consent,
    COALESCE(p.refund_of, f.refund_of) AS refund_of,
    CASE WHEN p.line_no IS NULL THEN f.fate
         WHEN CASE WHEN f.line_of_order = 1 THEN p.rest ELSE p.part END = 0 THEN 'zero_amount'
         ELSE p.fate END AS fate)
FROM fates AS f
LEFT JOIN parts AS p ON p.line_no = f.line_no
