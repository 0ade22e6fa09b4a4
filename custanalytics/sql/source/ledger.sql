-- One row per usable line: a date, an amount other than zero, payment not failed.
-- customer_id: null where unknown; amount: what was paid, refunds negative;
-- nets_order_id: for a return, the order of the purchase it takes back, where that was found.
WITH usable AS (
    SELECT
        line_no, customer_id, ordered_at, amount, product, product_name, quantity, refund_of,
        category, country, channel, discounted,
        order_id IS NOT NULL AS has_order,
        CASE
            WHEN order_id IS NOT NULL THEN order_id
            WHEN customer_id IS NULL THEN 'line ' || CAST(line_no AS VARCHAR)
            ELSE customer_id || '/' || strftime(ordered_at, '%Y-%m-%d')
        END AS order_id
    FROM fates
    WHERE fate IN ('used', 'no_customer') AND amount <> 0
),
-- What each customer said last, on rows that are no sales too; a no goes before a yes of that day.
standing AS (
    SELECT customer_id, consent
    FROM fates
    WHERE customer_id IS NOT NULL AND consent IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY customer_id
        ORDER BY CAST(ordered_at AS DATE) DESC NULLS LAST, consent, line_no DESC) = 1
),
bought AS (
    SELECT customer_id, order_id, MIN(ordered_at) AS ordered_at
    FROM usable WHERE amount > 0 GROUP BY customer_id, order_id
),
totals AS (
    SELECT customer_id, order_id, SUM(amount) AS amount, MAX(amount) > 0 AS is_purchase,
        MIN(ordered_at) AS ordered_at, bool_or(refund_of IS NOT NULL) AS is_named,
        '-' || array_to_string(regexp_extract_all(order_id, '[0-9]+'), '-') || '-' AS figures
    FROM usable WHERE customer_id IS NOT NULL AND has_order GROUP BY customer_id, order_id
),
-- A return whose number names the order that it takes back in full: CM10065 for 10065.
noted AS (
    SELECT r.customer_id, r.order_id, p.order_id AS purchase_id
    FROM totals AS r
    JOIN totals AS p
        ON p.customer_id = r.customer_id AND p.amount = -r.amount
        AND contains(r.figures, p.figures) AND p.ordered_at <= r.ordered_at
    WHERE NOT r.is_purchase AND NOT r.is_named AND p.amount > 0 AND p.figures <> '--'
    QUALIFY row_number() OVER (
            PARTITION BY r.customer_id, r.order_id
            ORDER BY length(p.figures) DESC, p.ordered_at, p.order_id) = 1
        AND row_number() OVER (
            PARTITION BY p.customer_id, p.order_id ORDER BY r.ordered_at, r.order_id) = 1
),
-- Only purchases of what somebody gave back can be partners.
given_back AS (
    SELECT DISTINCT customer_id, product, abs(quantity) AS quantity, abs(amount) AS amount
    FROM usable WHERE customer_id IS NOT NULL AND amount < 0
),
-- A return inside the order it belongs to needs no partner, nor does one paired by its number.
events AS (
    SELECT u.line_no, u.customer_id, u.order_id, u.ordered_at, u.amount > 0 AS is_purchase,
        g.product, g.quantity, g.amount
    FROM usable AS u
    JOIN given_back AS g
        ON g.customer_id = u.customer_id AND g.amount = abs(u.amount)
        AND g.product IS NOT DISTINCT FROM u.product
        AND g.quantity IS NOT DISTINCT FROM abs(u.quantity)
    LEFT JOIN bought AS b
        ON b.customer_id = u.customer_id AND b.order_id = u.order_id AND u.amount < 0 AND u.has_order
    LEFT JOIN noted AS n
        ON n.customer_id = u.customer_id AND u.has_order
        AND (n.order_id = u.order_id OR n.purchase_id = u.order_id)
    WHERE u.customer_id IS NOT NULL AND b.order_id IS NULL AND n.order_id IS NULL
),
paired_kinds AS (
    SELECT e.*,
        SUM(CASE WHEN is_purchase THEN 1 ELSE -1 END) OVER w AS balance
    FROM events AS e
    WINDOW w AS (
        PARTITION BY customer_id, product, quantity, amount
        ORDER BY ordered_at, CASE WHEN is_purchase THEN 0 ELSE 1 END, order_id, line_no
        ROWS UNBOUNDED PRECEDING)
),
-- A return that takes the balance to a new low below zero has no purchase before it.
lows AS (
    SELECT *,
        COALESCE(MIN(balance) OVER (
            PARTITION BY customer_id, product, quantity, amount
            ORDER BY ordered_at, CASE WHEN is_purchase THEN 0 ELSE 1 END, order_id, line_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS low_before
    FROM paired_kinds
),
numbered AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY customer_id, product, quantity, amount, is_purchase
            ORDER BY ordered_at, order_id, line_no) AS turn
    FROM lows
    WHERE is_purchase OR balance >= LEAST(low_before, 0)
),
matched AS (
    SELECT r.line_no, p.order_id
    FROM numbered AS r
    JOIN numbered AS p
        ON p.customer_id = r.customer_id
        AND p.product IS NOT DISTINCT FROM r.product
        AND p.quantity IS NOT DISTINCT FROM r.quantity
        AND p.amount = r.amount AND p.turn = r.turn
    WHERE p.is_purchase AND NOT r.is_purchase
),
-- A product that has a code is called by its usual name, with the code where several share it.
called AS (
    SELECT product, product_name
    FROM usable
    WHERE product IS NOT NULL AND product_name IS NOT NULL
    GROUP BY product, product_name
    QUALIFY row_number() OVER (PARTITION BY product ORDER BY COUNT(*) DESC, product_name) = 1
),
labels AS (
    SELECT product,
        CASE WHEN COUNT(*) OVER (PARTITION BY lower(product_name)) > 1
            THEN product_name || ' (' || product || ')' ELSE product_name END AS label
    FROM called
)
SELECT
    u.line_no, u.customer_id, u.order_id, u.ordered_at, u.amount,
    COALESCE(g.label, u.product_name, u.product) AS product, u.quantity,
    CASE WHEN u.amount < 0 THEN COALESCE(named.order_id, n.purchase_id, m.order_id) END AS nets_order_id,
    u.category, u.country, u.channel, u.discounted, s.consent
FROM usable AS u
LEFT JOIN matched AS m ON m.line_no = u.line_no
LEFT JOIN labels AS g ON g.product = u.product
LEFT JOIN standing AS s ON s.customer_id = u.customer_id
LEFT JOIN noted AS n
    ON n.customer_id = u.customer_id AND n.order_id = u.order_id AND u.has_order
LEFT JOIN bought AS named
    ON named.order_id = u.refund_of AND named.customer_id = u.customer_id
    AND named.ordered_at <= u.ordered_at
ORDER BY u.line_no
