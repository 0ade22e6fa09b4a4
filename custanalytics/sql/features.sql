-- One row per cutoff and customer with a purchase on or before it: what was known on that day.
-- Nothing after the cutoff is read: an order returned later still counts, as it did then.
-- Cutoffs come from the table propensity_cutoffs; $window_days is the window to be predicted.
-- Every $one_in-th customer is read (1: all). Days are whole days, money is in currency units,
-- and gap columns are null with a single purchase day.
WITH net_orders AS (
    SELECT
        c.cutoff,
        m.customer_id,
        m.order_id,
        m.order_day,
        m.n_products,
        DATE_DIFF('day', m.order_day, c.cutoff) AS age_days,
        SUM(m.moved) AS net,
        SUM(m.given_back) AS refunded
    FROM propensity_movements AS m
    INNER JOIN propensity_cutoffs AS c ON m.moved_on <= c.cutoff
    WHERE m.customer_no % $one_in = 0
    GROUP BY c.cutoff, m.customer_id, m.order_id, m.order_day, m.n_products
),

purchase_days AS (
    SELECT
        cutoff,
        customer_id,
        order_day,
        age_days,
        CAST(COUNT(*) AS BIGINT) AS day_orders,
        SUM(net) AS day_spend,
        CAST(SUM(n_products) AS BIGINT) AS day_products
    FROM net_orders
    WHERE net > 0
    GROUP BY cutoff, customer_id, order_day, age_days
),

placed AS (
    SELECT
        *,
        LAG(age_days) OVER (PARTITION BY cutoff, customer_id ORDER BY order_day) - age_days AS gap,
        ROW_NUMBER() OVER (PARTITION BY cutoff, customer_id ORDER BY order_day) AS from_first,
        ROW_NUMBER() OVER (PARTITION BY cutoff, customer_id ORDER BY order_day DESC) AS from_last
    FROM purchase_days
),

bought AS (
    SELECT
        cutoff,
        customer_id,
        MIN(age_days) AS days_since_last_purchase,
        MAX(age_days) AS tenure_days,
        CAST(COUNT(*) AS BIGINT) AS purchase_days,
        CAST(SUM(day_orders) AS BIGINT) AS n_orders,
        CAST(SUM(CASE WHEN age_days < 30 THEN 1 ELSE 0 END) AS BIGINT) AS days_30,
        CAST(SUM(CASE WHEN age_days < 90 THEN 1 ELSE 0 END) AS BIGINT) AS days_90,
        CAST(SUM(CASE WHEN age_days < 180 THEN 1 ELSE 0 END) AS BIGINT) AS days_180,
        CAST(SUM(CASE WHEN age_days < 365 THEN 1 ELSE 0 END) AS BIGINT) AS days_365,
        CAST(SUM(CASE WHEN age_days < $window_days THEN 1 ELSE 0 END) AS BIGINT) AS days_window,
        CAST(SUM(CASE WHEN age_days >= $window_days AND age_days < 2 * $window_days
            THEN 1 ELSE 0 END) AS BIGINT) AS days_window_before,
        CAST(SUM(CASE WHEN age_days >= 365 - $window_days AND age_days < 365
            THEN 1 ELSE 0 END) AS BIGINT) AS days_same_season,
        CAST(SUM(CASE WHEN EXTRACT(DOW FROM order_day) IN (0, 6) THEN 1 ELSE 0 END) AS BIGINT)
            AS days_weekend,
        CAST(COUNT(DISTINCT DATE_TRUNC('month', order_day)) AS BIGINT) AS active_months,
        CAST(SUM(day_spend) AS DOUBLE) AS gross_spend,
        CAST(SUM(CASE WHEN age_days < 90 THEN day_spend ELSE 0 END) AS DOUBLE) AS spend_90,
        CAST(SUM(CASE WHEN age_days < 365 THEN day_spend ELSE 0 END) AS DOUBLE) AS spend_365,
        CAST(SUM(CASE WHEN from_first = 1 THEN day_spend ELSE 0 END) AS DOUBLE) AS first_spend,
        CAST(SUM(CASE WHEN from_last = 1 THEN day_spend ELSE 0 END) AS DOUBLE) AS last_spend,
        CAST(SUM(CASE WHEN from_first = 1 THEN day_products ELSE 0 END) AS BIGINT)
            AS first_products,
        CAST(SUM(day_products) AS BIGINT) AS products,
        CAST(SUM(gap) AS BIGINT) AS gap_total,
        CAST(SUM(gap * gap) AS BIGINT) AS gap_squares,
        MAX(gap) AS gap_longest,
        MAX(CASE WHEN from_last = 1 THEN gap END) AS gap_last
    FROM placed
    GROUP BY cutoff, customer_id
),

returned AS (
    SELECT
        cutoff,
        customer_id,
        CAST(SUM(CASE WHEN refunded > 0 THEN 1 ELSE 0 END) AS BIGINT) AS orders_refunded,
        CAST(SUM(refunded) AS DOUBLE) AS spend_refunded
    FROM net_orders
    GROUP BY cutoff, customer_id
)

SELECT
    b.*,
    r.orders_refunded,
    r.spend_refunded
FROM bought AS b
INNER JOIN returned AS r ON b.cutoff = r.cutoff AND b.customer_id = r.customer_id
ORDER BY b.cutoff, b.customer_id
