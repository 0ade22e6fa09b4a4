-- One row per cutoff and customer who bought in the $window_days days after it: orders net of the
-- returns made within the window.
-- spend: currency units, more than zero. Cutoffs come from the table propensity_cutoffs.
WITH net_orders AS (
    SELECT
        c.cutoff,
        m.customer_id,
        m.order_id,
        SUM(m.moved) AS net
    FROM propensity_movements AS m
    INNER JOIN propensity_cutoffs AS c
        ON m.order_day > c.cutoff
        AND DATE_DIFF('day', c.cutoff, m.order_day) <= $window_days
        AND DATE_DIFF('day', c.cutoff, m.moved_on) <= $window_days
    GROUP BY c.cutoff, m.customer_id, m.order_id
)

SELECT
    cutoff,
    customer_id,
    CAST(SUM(net) AS DOUBLE) AS spend
FROM net_orders
WHERE net > 0
GROUP BY cutoff, customer_id
ORDER BY cutoff, customer_id
