-- What changed against the window before: conversations that are new, that are gone, and that have grown,
-- those that changed most first; the sums of each of the three stand beside its conversations.
WITH narrowed AS (:narrowed),
compared AS (
    SELECT
        client,
        server,
        service_port,
        protocol,
        action,
        MAX(CASE WHEN kind = 'conversation' THEN 1 ELSE 0 END) AS is_there,
        MAX(CASE WHEN kind = 'conversation' THEN 0 ELSE 1 END) AS was_there,
        SUM(CASE WHEN kind = 'conversation' THEN flows ELSE 0 END) AS flows,
        SUM(CASE WHEN kind = 'conversation' THEN packets ELSE 0 END) AS packets,
        SUM(CASE WHEN kind = 'conversation' THEN bytes ELSE 0 END) AS bytes,
        SUM(CASE WHEN kind = 'conversation' THEN 0 ELSE flows END) AS previous_flows,
        SUM(CASE WHEN kind = 'conversation' THEN 0 ELSE packets END) AS previous_packets,
        SUM(CASE WHEN kind = 'conversation' THEN 0 ELSE bytes END) AS previous_bytes,
        MIN(first_seen) AS first_seen,
        MAX(last_seen) AS last_seen
    FROM narrowed
    GROUP BY 1, 2, 3, 4, 5
),
measured AS (
    SELECT
        *,
        CASE :measure
            WHEN 'bytes' THEN bytes - previous_bytes
            WHEN 'packets' THEN packets - previous_packets
            ELSE flows - previous_flows
        END AS growth
    FROM compared
),
judged AS (
    SELECT
        *,
        CASE
            WHEN was_there = 0 THEN 'new'
            WHEN is_there = 0 THEN 'gone'
            WHEN growth > 0 THEN 'grown'
        END AS change
    FROM measured
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY change
            ORDER BY ABS(growth) DESC, client, server, service_port, protocol, action
        ) AS place,
        COUNT(*) OVER (PARTITION BY change) AS all_conversations,
        SUM(flows) OVER (PARTITION BY change) AS all_flows,
        SUM(packets) OVER (PARTITION BY change) AS all_packets,
        SUM(bytes) OVER (PARTITION BY change) AS all_bytes,
        SUM(previous_flows) OVER (PARTITION BY change) AS all_previous_flows,
        SUM(previous_packets) OVER (PARTITION BY change) AS all_previous_packets,
        SUM(previous_bytes) OVER (PARTITION BY change) AS all_previous_bytes
    FROM judged
)
SELECT
    change,
    client,
    server,
    service_port,
    protocol,
    action,
    flows,
    packets,
    bytes,
    previous_flows,
    previous_packets,
    previous_bytes,
    first_seen,
    last_seen,
    all_conversations,
    all_flows,
    all_packets,
    all_bytes,
    all_previous_flows,
    all_previous_packets,
    all_previous_bytes
FROM ranked
WHERE change IS NOT NULL AND place <= :limit
ORDER BY CASE change WHEN 'new' THEN 1 WHEN 'gone' THEN 2 ELSE 3 END, place
