-- One row per customer with lines up to $as_of. returned_share: what came back of all that was bought,
-- as a share of 1, by amount.
SELECT
    customer_id,
    CASE WHEN sold > 0 THEN LEAST(returned / sold, 1.0) ELSE 0.0 END AS returned_share
FROM (
    SELECT
        customer_id,
        CAST(SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS DOUBLE) AS sold,
        CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS DOUBLE) AS returned
    FROM ledger
    WHERE CAST(ordered_at AS DATE) <= CAST($as_of AS DATE) AND customer_id IS NOT NULL
    GROUP BY customer_id
) AS moved
