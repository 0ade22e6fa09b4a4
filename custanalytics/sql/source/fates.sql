-- One row per row of the files, with the one reason why it is used or set aside.
-- customer_id, order_id: null where missing; amount: in the ledger's currency.
WITH owners AS (
    -- A row without a customer is of the order that bears its number in the same file.
    SELECT l.part_no, l.order_cell, min(c.customer_id) AS owner
    FROM lines AS l
    JOIN line_customers AS c ON c.line_no = l.line_no
    WHERE $money = 'order_total' AND l.order_cell IS NOT NULL
    GROUP BY l.part_no, l.order_cell
),
owned AS (
    SELECT l.line_no, l.order_cell, l.amount, l.amount_state, l.date_state, l.rule_reason,
        COALESCE(CASE WHEN l.amount < 0 THEN c.refunded_id END, c.customer_id) AS customer_id,
        COALESCE(u.run, 0) AS run,
        COALESCE(c.customer_id, o.owner, '') AS owner
    FROM lines AS l
    JOIN line_customers AS c ON c.line_no = l.line_no
    LEFT JOIN order_runs AS u ON u.line_no = l.line_no
    LEFT JOIN owners AS o ON o.part_no = l.part_no AND o.order_cell = l.order_cell
),
-- Where the total of the order is the money, its first good row stands for the order.
turns AS (
    SELECT line_no, row_number() OVER (
        PARTITION BY order_cell, owner, run
        ORDER BY CASE WHEN amount_state = 'ok' AND rule_reason IS NULL THEN 0 ELSE 1 END,
            CASE WHEN date_state = 'ok' THEN 0 ELSE 1 END, line_no) AS line_of_order
    FROM owned
    WHERE $money = 'order_total' AND order_cell IS NOT NULL
),
taken_off AS (
    SELECT DISTINCT order_cell, owner FROM owned WHERE amount < 0 AND order_cell IS NOT NULL
),
tidy AS (
    SELECT l.*, w.customer_id, w.owner, w.run, COALESCE(t.line_of_order, 1) AS line_of_order,
        -- "refunded" on a sale stands for the whole sale only where no row or column takes it off.
        l.status_reason IN ('refunded', 'returned')
            AND (l.amount <= 0 OR l.is_netted OR n.order_cell IS NOT NULL) AS nets_itself
    FROM lines AS l
    JOIN owned AS w ON w.line_no = l.line_no
    LEFT JOIN turns AS t ON t.line_no = l.line_no
    LEFT JOIN taken_off AS n ON n.order_cell = w.order_cell AND n.owner = w.owner
),
known AS (
    SELECT t.*, r.rate
    FROM tidy AS t
    LEFT JOIN currency_rates AS r ON r.currency = COALESCE(t.currency, '')
)
SELECT
    k.line_no, k.part_no, k.file_line, k.customer_id,
    k.order_cell || CASE WHEN k.run > 0 THEN ' (' || CAST(k.run + 1 AS VARCHAR) || ')' ELSE '' END AS order_id,
    k.ordered_at, k.owner, k.line_of_order,
    CAST(k.amount * COALESCE(k.rate, 1) AS DECIMAL(18, 4)) AS amount,
    k.product, k.product_name, k.category, k.country, k.channel, k.discounted, k.consent, k.quantity, k.refund_of, k.currency,
    d.line_no IS NOT NULL AS is_duplicate, k.is_total, k.is_unknown,
    CASE
        WHEN k.is_total THEN 'total_row'
        WHEN NOT k.is_wanted THEN 'not_asked_for'
        WHEN k.rule_reason IS NOT NULL THEN k.rule_reason
        WHEN $money = 'order_total' AND k.line_of_order > 1 THEN 'further_line'
        WHEN k.status_reason IS NOT NULL AND NOT COALESCE(k.nets_itself, false) THEN k.status_reason
        WHEN k.date_state = 'missing' THEN 'no_date'
        WHEN k.date_state = 'bad' THEN 'bad_date'
        WHEN k.date_state = 'zero' THEN 'zero_date'
        WHEN k.date_state = 'far' THEN 'odd_date'
        WHEN k.date_state = 'future' THEN 'future_date'
        WHEN CAST(k.ordered_at AS DATE) < CAST($since AS DATE) THEN 'before_from'
        WHEN CAST(k.ordered_at AS DATE) > CAST($as_of AS DATE) THEN 'after_as_of'
        WHEN k.amount_state = 'missing' THEN 'no_amount'
        WHEN k.amount_state = 'bad' THEN 'bad_amount'
        WHEN $mixed AND k.rate IS NULL THEN 'no_currency'
        WHEN $money = 'none' AND k.amount < 0 THEN 'returned'
        WHEN $drop_duplicates AND d.line_no IS NOT NULL THEN 'exact_duplicate'
        WHEN k.customer_id IS NULL THEN 'no_customer'
        WHEN k.amount = 0 THEN 'zero_amount'
        ELSE 'used'
    END AS fate
FROM known AS k
LEFT JOIN duplicates AS d ON d.line_no = k.line_no
