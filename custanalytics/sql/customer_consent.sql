-- One row per customer who was asked, up to $as_of: consent, as said on the last day with an
-- answer (a no goes before a yes of that day).
WITH answers AS (
    SELECT
        customer_id,
        consent,
        RANK() OVER (PARTITION BY customer_id ORDER BY CAST(ordered_at AS DATE) DESC) AS days_back
    FROM ledger
    WHERE
        customer_id IS NOT NULL
        AND consent IS NOT NULL
        AND CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)
)

SELECT customer_id, MIN(CASE WHEN consent THEN 1 ELSE 0 END) = 1 AS consent
FROM answers
WHERE days_back = 1
GROUP BY customer_id
ORDER BY customer_id
