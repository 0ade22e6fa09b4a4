-- One row per value of $group_by (null: lines without one) with a line from $first_day to $as_of.
-- Without those of no known customer where $known_only.
-- revenue: currency units, by the day of the line, net of returns; sold: lines above zero;
-- returned: lines below zero; quantity: returns negative, null where a line has none;
-- orders, customers: with a purchase dated in the period.
WITH lines AS (
    SELECT
        CASE $group_by
            WHEN 'product' THEN product
            WHEN 'category' THEN category
            WHEN 'country' THEN country
            WHEN 'channel' THEN channel
        END AS group_value,
        COALESCE(customer_id, '') AS buyer,
        customer_id,
        order_id,
        amount AS paid,
        CASE WHEN amount < 0 THEN -ABS(quantity) ELSE ABS(quantity) END AS units
    FROM goods_lines
    WHERE
        CAST(ordered_at AS DATE) >= CAST($first_day AS DATE)
        AND CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)
        AND (customer_id IS NOT NULL OR NOT $known_only)
),

money AS (
    SELECT
        group_value,
        SUM(paid) AS revenue,
        SUM(CASE WHEN paid > 0 THEN paid ELSE 0 END) AS sold,
        SUM(CASE WHEN paid < 0 THEN paid ELSE 0 END) AS returned,
        CASE WHEN COUNT(units) = COUNT(*) THEN SUM(units) END AS quantity
    FROM lines
    GROUP BY group_value
),

bought AS (
    SELECT DISTINCT l.group_value, l.customer_id, l.buyer, l.order_id
    FROM lines AS l
    INNER JOIN orders_seen AS o
        ON l.buyer = COALESCE(o.customer_id, '') AND l.order_id = o.order_id
    WHERE o.is_purchase AND o.order_date >= CAST($first_day AS DATE) AND l.paid > 0
),

counts AS (
    SELECT
        group_value,
        COUNT(*) AS orders,
        COUNT(DISTINCT customer_id) AS customers
    FROM bought
    GROUP BY group_value
)

SELECT
    m.group_value,
    CAST(m.revenue AS DOUBLE) AS revenue,
    CAST(m.sold AS DOUBLE) AS sold,
    CAST(m.returned AS DOUBLE) AS returned,
    CAST(m.quantity AS DOUBLE) AS quantity,
    COALESCE(c.orders, 0) AS orders,
    COALESCE(c.customers, 0) AS customers
FROM money AS m
LEFT JOIN counts AS c ON COALESCE(m.group_value, '') = COALESCE(c.group_value, '')
    AND (m.group_value IS NULL) = (c.group_value IS NULL)
ORDER BY m.group_value NULLS FIRST
