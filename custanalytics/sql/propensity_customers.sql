-- One row: how many customers had a purchase on or before the day $until.
SELECT CAST(COUNT(DISTINCT customer_id) AS BIGINT) AS customers
FROM propensity_movements
WHERE order_day <= $until AND moved > 0
