-- One row per order that is a part of another: a credit note that names no order but takes one
-- back, or the bill issued in the place of one that was taken back. part_of: the order taken back;
-- issued_again: whether this is the bill in its place; known_on: its day. A credit note takes back
-- the order of much the same amount within $credited_within_days days before it, where it is the same to the cent or
-- a bill in its place follows: within $issued_within_days days, of much the same amount (off by
-- the share $much_the_same at most) and, where both name their products, with half of them alike.
WITH with_returns AS (
    SELECT DISTINCT customer_id
    FROM ledger
    WHERE amount < 0 AND customer_id IS NOT NULL
),

nets AS (
    SELECT
        l.customer_id,
        COALESCE(l.nets_order_id, l.order_id) AS order_id,
        CAST(MIN(l.ordered_at) AS DATE) AS first_day,
        CAST(MAX(l.ordered_at) AS DATE) AS last_day,
        CAST(SUM(l.amount) AS DECIMAL(18, 4)) AS net,
        CAST(SUM(CASE WHEN l.amount > 0 THEN l.amount ELSE 0 END) AS DECIMAL(18, 4)) AS billed
    FROM ledger AS l
    INNER JOIN with_returns AS r ON l.customer_id = r.customer_id
    GROUP BY l.customer_id, COALESCE(l.nets_order_id, l.order_id)
),

likely AS (
    SELECT
        n.customer_id,
        n.order_id AS note_id,
        b.order_id AS bill_id,
        n.first_day AS credited_on,
        -n.net AS credited,
        ABS(b.net + n.net) AS off,
        ROW_NUMBER() OVER (
            PARTITION BY n.customer_id, n.order_id
            ORDER BY ABS(b.net + n.net), b.first_day DESC, b.order_id
        ) AS choice
    FROM nets AS n
    INNER JOIN nets AS b ON n.customer_id = b.customer_id
    WHERE
        n.net < 0 AND b.net > 0 AND b.first_day <= n.first_day
        AND DATE_DIFF('day', b.first_day, n.first_day) <= $credited_within_days
        AND ABS(b.net + n.net) <= -n.net * $much_the_same
),

credited AS (
    SELECT customer_id, note_id, bill_id, credited_on, credited, off
    FROM (
        SELECT
            customer_id, note_id, bill_id, credited_on, credited, off,
            ROW_NUMBER() OVER (
                PARTITION BY customer_id, bill_id ORDER BY off, credited_on, note_id
            ) AS turn
        FROM likely
        WHERE choice = 1
    ) AS chosen
    WHERE turn = 1
    UNION ALL
    -- returns that name their order have taken all of it back
    SELECT
        customer_id, CAST(NULL AS VARCHAR) AS note_id, order_id AS bill_id,
        last_day AS credited_on, billed AS credited, CAST(0 AS DECIMAL(18, 4)) AS off
    FROM nets
    WHERE
        net = 0 AND billed > 0
        AND DATE_DIFF('day', first_day, last_day) <= $credited_within_days
),

in_place AS (
    SELECT
        c.customer_id,
        c.bill_id,
        b.order_id AS again_id,
        b.first_day AS again_on,
        ABS(b.net - c.credited) AS off,
        DATE_DIFF('day', c.credited_on, b.first_day) AS later
    FROM credited AS c
    INNER JOIN nets AS b ON c.customer_id = b.customer_id
    LEFT JOIN credited AS t ON b.customer_id = t.customer_id AND b.order_id = t.bill_id
    WHERE
        b.net > 0 AND t.bill_id IS NULL AND b.first_day >= c.credited_on
        AND DATE_DIFF('day', c.credited_on, b.first_day) <= $issued_within_days
        AND ABS(b.net - c.credited) <= c.credited * $much_the_same
),

goods AS (
    SELECT DISTINCT l.customer_id, l.order_id, l.product
    FROM ledger AS l
    INNER JOIN (
        SELECT customer_id, bill_id AS order_id FROM in_place
        UNION
        SELECT customer_id, again_id AS order_id FROM in_place
    ) AS p ON l.customer_id = p.customer_id AND l.order_id = p.order_id
    WHERE l.amount > 0 AND l.product IS NOT NULL
),

sizes AS (
    SELECT customer_id, order_id, COUNT(*) AS products
    FROM goods
    GROUP BY customer_id, order_id
),

alike AS (
    SELECT p.customer_id, p.bill_id, p.again_id, COUNT(*) AS products
    FROM in_place AS p
    INNER JOIN goods AS a ON p.customer_id = a.customer_id AND p.bill_id = a.order_id
    INNER JOIN goods AS b
        ON p.customer_id = b.customer_id AND p.again_id = b.order_id AND a.product = b.product
    GROUP BY p.customer_id, p.bill_id, p.again_id
),

ranked AS (
    SELECT
        p.customer_id, p.bill_id, p.again_id, p.again_on, p.off, p.later,
        ROW_NUMBER() OVER (
            PARTITION BY p.customer_id, p.bill_id ORDER BY p.later, p.off, p.again_id
        ) AS choice
    FROM in_place AS p
    LEFT JOIN sizes AS a ON p.customer_id = a.customer_id AND p.bill_id = a.order_id
    LEFT JOIN sizes AS b ON p.customer_id = b.customer_id AND p.again_id = b.order_id
    LEFT JOIN alike AS s
        ON p.customer_id = s.customer_id AND p.bill_id = s.bill_id AND p.again_id = s.again_id
    WHERE
        a.products IS NULL OR b.products IS NULL
        OR 2 * COALESCE(s.products, 0) >= GREATEST(a.products, b.products)
),

issued AS (
    SELECT customer_id, bill_id, again_id, again_on
    FROM (
        SELECT
            customer_id, bill_id, again_id, again_on,
            ROW_NUMBER() OVER (
                PARTITION BY customer_id, again_id ORDER BY later, off, bill_id
            ) AS turn
        FROM ranked
        WHERE choice = 1
    ) AS chosen
    WHERE turn = 1
),

parts AS (
    SELECT
        c.customer_id, c.note_id AS order_id, c.bill_id AS part_of, FALSE AS issued_again,
        c.credited_on AS known_on
    FROM credited AS c
    LEFT JOIN issued AS i ON c.customer_id = i.customer_id AND c.bill_id = i.bill_id
    WHERE
        c.note_id IS NOT NULL
        AND (i.again_id IS NOT NULL OR c.off <= c.credited * $to_the_cent)
    UNION ALL
    SELECT
        customer_id, again_id AS order_id, bill_id AS part_of, TRUE AS issued_again,
        again_on AS known_on
    FROM issued
)

SELECT customer_id, order_id, part_of, issued_again, known_on
FROM parts
ORDER BY customer_id, order_id
