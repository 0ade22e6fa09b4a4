-- One row per customer with a purchase: returned_share, what came back of all that was bought
-- (share of 1, by amount), and last_product, on which most was spent on the latest purchase day
-- (null: no line of that day names any).
WITH bought AS (
    SELECT customer_id, MAX(order_date) AS last_order
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
    GROUP BY customer_id
),

items AS (
    SELECT b.customer_id, l.product, SUM(l.amount) AS spent
    FROM bought AS b
    INNER JOIN goods_lines AS l
        ON b.customer_id = l.customer_id AND b.last_order = CAST(l.ordered_at AS DATE)
    WHERE l.amount > 0 AND l.product IS NOT NULL
    GROUP BY b.customer_id, l.product
),

ranked AS (
    SELECT
        customer_id,
        product,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY spent DESC, product) AS place
    FROM items
)

SELECT
    b.customer_id,
    m.returned_share,
    r.product AS last_product
FROM bought AS b
INNER JOIN returned_shares AS m ON b.customer_id = m.customer_id
LEFT JOIN ranked AS r ON b.customer_id = r.customer_id AND r.place = 1
ORDER BY b.customer_id
