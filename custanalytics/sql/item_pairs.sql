-- One row per pair of items of `item_baskets` that came one after the other: on a purchase day and
-- on the customer's next ($ahead 1), or on the same one ($ahead 0).
-- n_both: days with the one after which the other came; customers_antecedent, customers_both: how
-- many customers' days these are. both_squared, both_antecedent, antecedent_squared: sums over
-- customers of products of their counts, for the variance.
WITH own_antecedents AS (
    SELECT customer_id, item AS antecedent, COUNT(*) AS n
    FROM item_baskets
    WHERE item IS NOT NULL AND visit <= n_visits - $ahead
    GROUP BY customer_id, item
),

antecedents AS (
    SELECT
        antecedent,
        COUNT(*) AS customers_antecedent,
        CAST(SUM(n * n) AS BIGINT) AS antecedent_squared
    FROM own_antecedents
    GROUP BY antecedent
),

own_pairs AS (
    SELECT a.customer_id, a.item AS antecedent, b.item AS consequent, COUNT(*) AS n
    FROM item_baskets AS a
    INNER JOIN item_baskets AS b ON a.customer_id = b.customer_id AND a.visit + $ahead = b.visit
    WHERE a.item IS NOT NULL AND b.item IS NOT NULL AND ($ahead > 0 OR a.item <> b.item)
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
    p.n_both,
    p.customers_both,
    p.both_squared,
    p.both_antecedent,
    a.customers_antecedent,
    a.antecedent_squared
FROM pairs AS p
INNER JOIN antecedents AS a ON p.antecedent = a.antecedent
ORDER BY p.antecedent, p.consequent
