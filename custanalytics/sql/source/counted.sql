-- The rows of fates where purchases are counted: each comes to 1, shared by its lines.
-- amount: a line's part of the purchase, null on rows that are no part of one.
WITH counted AS (
    SELECT *,
        count(*) OVER purchase AS "lines",
        row_number() OVER (
            PARTITION BY fate IN ('used', 'no_customer'), customer_id,
                COALESCE(order_id, strftime(ordered_at, '%Y-%m-%d')),
                CASE WHEN order_id IS NULL AND customer_id IS NULL THEN line_no END
            ORDER BY line_no) AS turn
    FROM fates
    WINDOW purchase AS (
        PARTITION BY fate IN ('used', 'no_customer'), customer_id,
            COALESCE(order_id, strftime(ordered_at, '%Y-%m-%d')),
            CASE WHEN order_id IS NULL AND customer_id IS NULL THEN line_no END)
)
SELECT * EXCLUDE ("lines", turn) REPLACE (
    -- The first line takes what rounding leaves, so that the parts add up to 1.
    CASE WHEN fate IN ('used', 'no_customer') THEN CAST(
        CASE WHEN turn = 1 THEN 1 - ("lines" - 1) * round(1.0 / "lines", 4)
             ELSE round(1.0 / "lines", 4) END AS DECIMAL(18, 4)) END AS amount)
FROM counted
