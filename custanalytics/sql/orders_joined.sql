-- One row: how many credit notes that name no order took one back (credit_notes), and how many
-- bills came in the place of one taken back (issued_again), up to $as_of.
SELECT
    CAST(COALESCE(SUM(CASE WHEN issued_again THEN 0 ELSE 1 END), 0) AS BIGINT) AS credit_notes,
    CAST(COALESCE(SUM(CASE WHEN issued_again THEN 1 ELSE 0 END), 0) AS BIGINT) AS issued_again
FROM order_parts
WHERE known_on <= CAST($as_of AS DATE)
