-- One row per day of `orders_seen` on which known customers bought for the first time:
-- first_order, and how many they are (customers).
WITH firsts AS (
    SELECT customer_id, MIN(order_date) AS first_order
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
    GROUP BY customer_id
)

SELECT first_order, COUNT(*) AS customers
FROM firsts
GROUP BY first_order
ORDER BY first_order
