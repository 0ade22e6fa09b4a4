-- One row per row of the files, its values read, its fate not yet decided.
-- amount: what was paid, currency of the row, null where it can't be read;
-- date_state, amount_state: ok, missing, bad (date_state also future, zero: a system's day for none,
-- far: far from all others).
WITH dated AS (
    SELECT cell, ordered_at, form,
        CASE
            WHEN form = 'missing' THEN 'missing'
            WHEN (ordered_at >= CAST($latest AS TIMESTAMP)
                    OR NOT ordered_at BETWEEN CAST($first_day AS TIMESTAMP) AND CAST($last_day AS TIMESTAMP))
                AND strftime(ordered_at, '%Y-%m-%d') IN ('1970-01-01', '1900-01-01', '1899-12-30',
                    '1899-12-31', '1753-01-01', '1601-01-01', '0001-01-01', '2099-12-31', '2099-01-01',
                    '2999-12-31', '9999-12-31') THEN 'zero'
            WHEN ordered_at IS NULL OR ordered_at < TIMESTAMP '1970-01-01 00:00:00' THEN 'bad'
            WHEN ordered_at >= CAST($latest AS TIMESTAMP) THEN 'future'
            WHEN NOT ordered_at BETWEEN CAST($first_day AS TIMESTAMP) AND CAST($last_day AS TIMESTAMP)
                THEN 'far'
            ELSE 'ok'
        END AS date_state
    FROM date_values
),
joined AS (
    SELECT
        r.*,
        d.ordered_at, d.form AS date_form, d.date_state,
        a.number AS amount_number, a.form AS amount_form, a.unit AS amount_unit,
        t.number AS total_number, t.form AS total_form, t.unit AS total_unit,
        q.number AS quantity_number, q.form AS quantity_form,
        p.number AS price_number, p.form AS price_form, p.unit AS price_unit,
        x.number AS discount_number, x.unit AS discount_unit,
        b.number AS refunded_number, b.form AS refunded_form
    FROM raw_lines AS r
    LEFT JOIN dated AS d ON d.cell = r.date_cell
    LEFT JOIN number_values AS a ON a.col = $amount AND a.cell = r.amount_cell
    LEFT JOIN number_values AS t ON t.col = $order_total AND t.cell = r.total_cell
    LEFT JOIN number_values AS q ON q.col = $quantity AND q.cell = r.quantity_cell
    LEFT JOIN number_values AS p ON p.col = $unit_price AND p.cell = r.price_cell
    LEFT JOIN number_values AS x ON x.col = $discount AND x.cell = r.discount_cell
    LEFT JOIN number_values AS b ON b.col = $refunded AND b.cell = r.refunded_cell
),
paid AS (
    SELECT *,
        CASE $money
            WHEN 'amount' THEN amount_number
            WHEN 'order_total' THEN total_number
            WHEN 'none' THEN CAST(COALESCE(sign(quantity_number), 1) AS DECIMAL(18, 4))
            ELSE TRY(CAST(quantity_number AS DECIMAL(18, 4)) * CAST(price_number AS DECIMAL(20, 10)))
                * CASE WHEN discount_unit = '%' THEN 1 - COALESCE(abs(discount_number), 0) / 100
                       WHEN $discount_is_share THEN 1 - COALESCE(abs(discount_number), 0) ELSE 1 END
                - CASE WHEN COALESCE(discount_unit, '') = '%' OR $discount_is_share THEN 0
                       WHEN quantity_number < 0 THEN -COALESCE(abs(discount_number), 0)
                       ELSE COALESCE(abs(discount_number), 0) END
        END AS before,
        CASE $money WHEN 'amount' THEN amount_unit WHEN 'order_total' THEN total_unit ELSE price_unit END AS unit,
        CASE $money
            WHEN 'amount' THEN COALESCE(amount_form, 'missing')
            WHEN 'order_total' THEN COALESCE(total_form, 'missing')
            WHEN 'product' THEN
                CASE WHEN COALESCE(quantity_form, 'missing') = 'missing' OR COALESCE(price_form, 'missing') = 'missing' THEN 'missing'
                     WHEN quantity_form = 'bad' OR price_form = 'bad' THEN 'bad' ELSE 'whole' END
            ELSE 'whole'
        END AS money_form
    FROM joined
),
-- A discount that the user has taken off what was paid; off quantity times price it is above.
discounted AS (
    SELECT *,
        CASE WHEN $money NOT IN ('amount', 'order_total') OR COALESCE(discount_number, 0) = 0 THEN before
             WHEN discount_unit = '%' THEN before * (1 - abs(discount_number) / 100)
             WHEN $discount_is_share THEN before * (1 - abs(discount_number))
             ELSE before - sign(before) * abs(discount_number) END AS gross
    FROM paid
)
SELECT
    l.line_no, l.part_no, l.file_line, l.order_cell,
    l.product, l.product_name, l.category, l.country, l.channel, l.discounted,
    l.refund_of, l.rule_reason, l.is_total, l.is_wanted, l.ordered_at, l.date_form,
    COALESCE(l.date_state, CASE WHEN l.date_cell IS NULL THEN 'missing' ELSE 'bad' END) AS date_state,
    -- A row that says it is a return takes money off, whatever sign it bears.
    TRY_CAST((l.gross - COALESCE(abs(l.refunded_number), 0))
        * CASE WHEN k.reason = 'return' AND l.gross > 0 THEN -1 ELSE 1 END
        * CASE WHEN $in_cents THEN 0.01 ELSE 1 END AS DECIMAL(18, 4)) AS amount,
    COALESCE(k.reason = 'return' AND l.gross > 0, false) AS is_turned,
    COALESCE(l.refunded_number, 0) <> 0 AS is_netted,
    CASE
        WHEN l.money_form = 'missing' THEN 'missing'
        WHEN l.gross IS NULL OR TRY_CAST(l.gross AS DECIMAL(18, 4)) IS NULL THEN 'bad'
        WHEN COALESCE(l.unit, '') <> '' AND u.currency IS NULL THEN 'bad'
        WHEN l.refunded_form = 'bad' THEN 'bad'
        -- Words where a quantity or price should be: the line may have shifted by a column.
        WHEN l.quantity_form = 'bad' OR l.price_form = 'bad' THEN 'bad'
        ELSE 'ok'
    END AS amount_state,
    COALESCE(c.currency, u.currency) AS currency,
    TRY_CAST(l.quantity_number AS DECIMAL(18, 4)) AS quantity,
    -- The state of the payment says whether it was paid; else that of the order does.
    COALESCE(
        CASE WHEN k.reason <> 'return' THEN k.reason END,
        NULLIF(NULLIF(x.reason, 'sale'), 'unknown'),
        NULLIF(NULLIF(NULLIF(s.reason, 'sale'), 'unknown'), 'not_paid'),
        NULLIF(NULLIF(p.reason, 'sale'), 'unknown'),
        CASE WHEN s.reason = 'not_paid' AND COALESCE(p.reason, '') <> 'sale' THEN s.reason END,
        NULLIF(NULLIF(r.reason, 'sale'), 'unknown'),
        NULLIF(NULLIF(f.reason, 'sale'), 'unknown')
    ) AS status_reason,
    COALESCE(s.reason = 'unknown' AND COALESCE(p.reason, '') <> 'sale'
        OR p.reason = 'unknown' AND COALESCE(s.reason, '') <> 'sale'
        OR r.reason = 'unknown' OR x.reason = 'unknown', false) AS is_unknown,
    CASE WHEN o.agrees THEN false ELSE y.agrees END AS consent
FROM discounted AS l
LEFT JOIN currency_units AS u ON u.cell = l.unit
LEFT JOIN currency_cells AS c ON c.cell = l.currency_cell
LEFT JOIN state_cells AS s ON s.role = 'status' AND s.cell = l.status_cell
LEFT JOIN state_cells AS p ON p.role = 'payment_status' AND p.cell = l.payment_cell
LEFT JOIN state_cells AS f ON f.role = 'fulfilment_status' AND f.cell = l.fulfilment_cell
LEFT JOIN state_cells AS r ON r.role = 'returned' AND r.cell = l.returned_cell
LEFT JOIN state_cells AS x ON x.role = 'cancelled' AND x.cell = l.cancelled_cell
LEFT JOIN kind_cells AS k ON k.cell = l.kind_cell
LEFT JOIN consent_cells AS y ON y.role = 'consent' AND y.cell = l.consent_cell
LEFT JOIN consent_cells AS o ON o.role = 'opt_out' AND o.cell = l.opt_out_cell
