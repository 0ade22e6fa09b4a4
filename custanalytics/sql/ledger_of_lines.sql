-- One row per line of a DataFrame, in the types of the ledger. Without an order_id, all that a
-- customer bought on a day is one order.
SELECT
    CAST(line_no AS BIGINT) AS line_no,
    CAST(customer_id AS VARCHAR) AS customer_id,
    COALESCE(
        CAST(order_id AS VARCHAR),
        COALESCE(CAST(customer_id AS VARCHAR), '') || '/'
        || CAST(CAST(CAST(ordered_at AS TIMESTAMP) AS DATE) AS VARCHAR)
    ) AS order_id,
    CAST(ordered_at AS TIMESTAMP) AS ordered_at,
    CAST(amount AS DECIMAL(18, 4)) AS amount,
    CAST(product AS VARCHAR) AS product,
    CAST(quantity AS DECIMAL(18, 4)) AS quantity,
    CAST(nets_order_id AS VARCHAR) AS nets_order_id,
    CAST(category AS VARCHAR) AS category,
    CAST(country AS VARCHAR) AS country,
    CAST(channel AS VARCHAR) AS channel,
    CAST(discounted AS BOOLEAN) AS discounted,
    CAST(consent AS BOOLEAN) AS consent
FROM incoming
ORDER BY line_no
