-- One row per sale of the table `given_lines`, in the types of the ledger. A return that names no
-- order takes back, by turns, an earlier purchase of the same customer, article, quantity and
-- amount (nets_order_id). An article that has a code is called by its usual name, with the code
-- where several share it.
WITH bought AS (
    SELECT DISTINCT customer_id, order_id
    FROM given_lines
    WHERE amount > 0
),

given_back AS (
    SELECT DISTINCT
        customer_id,
        COALESCE(product, '') AS article,
        COALESCE(ABS(quantity), 0) AS pieces,
        -amount AS worth
    FROM given_lines
    WHERE customer_id IS NOT NULL AND amount < 0
),

-- A return within the order that it belongs to needs no partner.
events AS (
    SELECT
        l.line_no,
        l.customer_id,
        l.order_id,
        l.ordered_at,
        CASE WHEN l.amount > 0 THEN 0 ELSE 1 END AS is_return,
        g.article,
        g.pieces,
        g.worth
    FROM given_lines AS l
    INNER JOIN given_back AS g
        ON
            l.customer_id = g.customer_id
            AND ABS(l.amount) = g.worth
            AND COALESCE(l.product, '') = g.article
            AND COALESCE(ABS(l.quantity), 0) = g.pieces
    LEFT JOIN bought AS b
        ON l.amount < 0 AND l.customer_id = b.customer_id AND l.order_id = b.order_id
    WHERE b.order_id IS NULL
),

balances AS (
    SELECT
        *,
        SUM(1 - 2 * is_return) OVER (
            PARTITION BY customer_id, article, pieces, worth
            ORDER BY ordered_at, is_return, order_id, line_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS balance
    FROM events
),

-- A return that takes the balance to a new low below zero has no purchase before it.
lows AS (
    SELECT
        *,
        COALESCE(MIN(balance) OVER (
            PARTITION BY customer_id, article, pieces, worth
            ORDER BY ordered_at, is_return, order_id, line_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS low_before
    FROM balances
),

turns AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY customer_id, article, pieces, worth, is_return
            ORDER BY ordered_at, order_id, line_no
        ) AS turn
    FROM lows
    WHERE is_return = 0 OR balance >= LEAST(low_before, 0)
),

matched AS (
    SELECT r.line_no, p.order_id
    FROM turns AS r
    INNER JOIN turns AS p
        ON
            r.customer_id = p.customer_id
            AND r.article = p.article
            AND r.pieces = p.pieces
            AND r.worth = p.worth
            AND r.turn = p.turn
    WHERE r.is_return = 1 AND p.is_return = 0
),

called AS (
    SELECT
        product,
        product_name,
        ROW_NUMBER() OVER (PARTITION BY product ORDER BY COUNT(*) DESC, product_name) AS place
    FROM given_lines
    WHERE product IS NOT NULL AND product_name IS NOT NULL
    GROUP BY product, product_name
),

labels AS (
    SELECT
        product,
        CASE
            WHEN COUNT(*) OVER (PARTITION BY LOWER(product_name)) > 1
                THEN product_name || ' (' || product || ')'
            ELSE product_name
        END AS label
    FROM called
    WHERE place = 1
)

SELECT
    l.line_no,
    l.customer_id,
    l.order_id,
    l.ordered_at,
    l.amount,
    COALESCE(g.label, l.product_name, l.product) AS product,
    l.quantity,
    m.order_id AS nets_order_id,
    l.category,
    l.country,
    l.channel,
    l.discounted,
    l.consent
FROM given_lines AS l
LEFT JOIN matched AS m ON l.line_no = m.line_no
LEFT JOIN labels AS g ON l.product = g.product
ORDER BY l.line_no
