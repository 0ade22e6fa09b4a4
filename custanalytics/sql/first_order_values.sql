-- One row per customer, attribute and value that lines of the first purchase day bear. Only
-- values that at least $min_customers customers began with.
WITH firsts AS (
    SELECT customer_id, MIN(order_date) AS first_order
    FROM orders_seen
    WHERE is_purchase AND customer_id IS NOT NULL
    GROUP BY customer_id
),

goods AS (
    SELECT l.customer_id, l.product, l.category, l.country, l.channel, l.discounted
    FROM firsts AS f
    INNER JOIN goods_lines AS l
        ON f.customer_id = l.customer_id AND f.first_order = CAST(l.ordered_at AS DATE)
    WHERE l.amount > 0
),

borne AS (
    SELECT DISTINCT customer_id, 'product' AS attribute, product AS attribute_value FROM goods
    UNION ALL
    SELECT DISTINCT customer_id, 'category' AS attribute, category AS attribute_value FROM goods
    UNION ALL
    SELECT DISTINCT customer_id, 'country' AS attribute, country AS attribute_value FROM goods
    UNION ALL
    SELECT DISTINCT customer_id, 'channel' AS attribute, channel AS attribute_value FROM goods
    UNION ALL
    SELECT
        customer_id,
        'discount' AS attribute,
        CASE MAX(CASE WHEN discounted THEN 1 ELSE 0 END) WHEN 1 THEN 'used' ELSE 'not used' END
            AS attribute_value
    FROM goods
    WHERE discounted IS NOT NULL
    GROUP BY customer_id
),

often AS (
    SELECT attribute, attribute_value
    FROM borne
    WHERE attribute_value IS NOT NULL
    GROUP BY attribute, attribute_value
    HAVING COUNT(*) >= $min_customers
)

SELECT b.attribute, b.attribute_value AS value, b.customer_id
FROM borne AS b
INNER JOIN often AS o ON b.attribute = o.attribute AND b.attribute_value = o.attribute_value
ORDER BY b.attribute, b.attribute_value, b.customer_id
