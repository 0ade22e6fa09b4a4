-- One row per customer of table `summary`: what a segment's rule looks at. returned_share: of all that
-- was bought, by amount. pace: how the customer stands to the own rhythm, the mean of the own gaps
-- between purchase days and one of $shop_gap_days, late from $late_factor of them, silent from
-- $gone_factor; of one purchase day, new up to $late_factor gaps of the shop.
WITH paced AS (
    SELECT
        s.customer_id,
        s.first_order,
        s.last_order,
        s.days_since_last_purchase,
        s.frequency,
        s.n_orders,
        s.total_spend,
        m.returned_share,
        CASE WHEN s.frequency > 0 THEN (s.recency + CAST($shop_gap_days AS DOUBLE)) / (s.frequency + 1) END AS usual_gap_days
    FROM summary AS s
    INNER JOIN returned_shares AS m ON s.customer_id = m.customer_id
)

SELECT
    customer_id,
    first_order,
    last_order,
    days_since_last_purchase,
    n_orders,
    total_spend,
    returned_share,
    usual_gap_days,
    CASE
        WHEN frequency = 0 AND days_since_last_purchase <= $late_factor * $shop_gap_days THEN 'new'
        WHEN frequency = 0 THEN 'bought once'
        WHEN days_since_last_purchase > $gone_factor * usual_gap_days THEN 'silent'
        WHEN days_since_last_purchase > $late_factor * usual_gap_days THEN 'late'
        ELSE 'on time'
    END AS pace
FROM paced
ORDER BY customer_id
