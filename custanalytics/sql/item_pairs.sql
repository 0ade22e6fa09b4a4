-- One row per pair of items (products, or categories) that came one after the other: in a
-- purchase day and in the customer's next ($ahead 1), or in the same one ($ahead 0).
-- Only the $most items that most customers bought, each bought by at least $min_customers.
-- n_items: how many such items there are. n_days: days that count as a first one; n_antecedent, n_both: of them, those with the item, and
-- those after which the other came; n_consequent: days that count as a next one with the other.
-- both_squared, both_antecedent, antecedent_squared: sums over customers of products of their
-- counts, for the variance.
WITH purchase_days AS (
    SELECT DISTINCT customer_id, order_date
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
),

visits AS (
    SELECT
        customer_id,
        order_date,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY order_date) AS visit,
        COUNT(*) OVER (PARTITION BY customer_id) AS n_visits
    FROM purchase_days
),

baskets AS (
    SELECT DISTINCT
        v.customer_id,
        v.visit,
        v.n_visits,
        CASE $item WHEN 'product' THEN l.product WHEN 'category' THEN l.category END AS item
    FROM visits AS v
    INNER JOIN ledger AS l
        ON v.customer_id = l.customer_id AND v.order_date = CAST(l.ordered_at AS DATE)
    WHERE l.amount > 0
),

items AS (
    SELECT
        item,
        ROW_NUMBER() OVER (ORDER BY COUNT(DISTINCT customer_id) DESC, item) AS place
    FROM baskets
    WHERE item IS NOT NULL
    GROUP BY item
    HAVING COUNT(DISTINCT customer_id) >= $min_customers
),

kept AS (
    SELECT b.customer_id, b.visit, b.n_visits, b.item
    FROM baskets AS b
    INNER JOIN items AS i ON b.item = i.item
    WHERE i.place <= $most
),

totals AS (
    SELECT
        COUNT(*) AS n_days,
        (SELECT COUNT(*) FROM items WHERE place <= $most) AS n_items
    FROM visits
    WHERE visit <= n_visits - $ahead
),

own_antecedents AS (
    SELECT customer_id, item AS antecedent, COUNT(*) AS n
    FROM kept
    WHERE visit <= n_visits - $ahead
    GROUP BY customer_id, item
),

antecedents AS (
    SELECT
        antecedent,
        CAST(SUM(n) AS BIGINT) AS n_antecedent,
        COUNT(*) AS customers_antecedent,
        CAST(SUM(n * n) AS BIGINT) AS antecedent_squared
    FROM own_antecedents
    GROUP BY antecedent
),

consequents AS (
    SELECT item AS consequent, COUNT(*) AS n_consequent
    FROM kept
    WHERE visit > $ahead
    GROUP BY item
),

own_pairs AS (
    SELECT a.customer_id, a.item AS antecedent, b.item AS consequent, COUNT(*) AS n
    FROM kept AS a
    INNER JOIN kept AS b ON a.customer_id = b.customer_id AND a.visit + $ahead = b.visit
    WHERE $ahead > 0 OR a.item <> b.item
    GROUP BY a.customer_id, a.item, b.item
),

pairs AS (
    SELECT
        p.antecedent,
        p.consequent,
        CAST(SUM(p.n) AS BIGINT) AS n_both,
        COUNT(*) AS customers_both,
        CAST(SUM(p.n * p.n) AS BIGINT) AS both_squared,
        CAST(SUM(p.n * o.n) AS BIGINT) AS both_antecedent
    FROM own_pairs AS p
    INNER JOIN own_antecedents AS o
        ON p.customer_id = o.customer_id AND p.antecedent = o.antecedent
    GROUP BY p.antecedent, p.consequent
)

SELECT
    p.antecedent,
    p.consequent,
    t.n_days,
    t.n_items,
    a.n_antecedent,
    c.n_consequent,
    p.n_both,
    a.customers_antecedent,
    p.customers_both,
    p.both_squared,
    p.both_antecedent,
    a.antecedent_squared
FROM pairs AS p
INNER JOIN antecedents AS a ON p.antecedent = a.antecedent
INNER JOIN consequents AS c ON p.consequent = c.consequent
CROSS JOIN totals AS t
ORDER BY p.antecedent, p.consequent
