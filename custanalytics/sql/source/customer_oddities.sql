-- Customers far off the rest, and ids that look damaged.
WITH people AS (
    SELECT customer_id, count(*) AS "lines", CAST(sum(amount) AS DOUBLE) AS spend
    FROM ledger WHERE customer_id IS NOT NULL GROUP BY customer_id
),
totals AS (
    SELECT count(*) AS customers, sum("lines") AS "lines", sum(CASE WHEN spend > 0 THEN spend ELSE 0 END) AS spend
    FROM people
)
SELECT
    t.customers, t."lines", t.spend,
    (SELECT max("lines") FROM people) AS most_lines,
    (SELECT max(spend) FROM people) AS most_spend,
    (SELECT count(*) FROM people WHERE regexp_matches(customer_id, '^[0-9][.,][0-9]+[eE]\+[0-9]+$')) AS damaged_ids,
    (SELECT count(*) FROM people
        WHERE regexp_matches(lower(customer_id), '^(guest|gast|invité|invitado|ospite|walk.?in.*|cash( customer)?|barverkauf|laufkunde|unknown|unbekannt|anonymous|anonym|test.*)$')
    ) AS shared_ids
FROM totals AS t
