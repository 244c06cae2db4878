-- The conversations first, and then only the days of the largest ones, for an engine that computes a part once
-- that is named twice.
kept AS MATERIALIZED (
    SELECT * FROM kinds
),
conversation AS (
    SELECT
        kind,
        client,
        server,
        service_port,
        protocol,
        action,
        in_values(action, :actions) AS shown,
        SUM(flows_to_server + flows_to_client) AS flows,
        SUM(packets_to_server + packets_to_client) AS packets,
        SUM(bytes_to_server + bytes_to_client) AS bytes,
        MAX(last_seen) AS last_seen
    FROM kept
    WHERE is_coverage = 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
total AS (
    SELECT
        COUNT(CASE WHEN shown THEN 1 END) AS conversations,
        COALESCE(SUM(CASE WHEN shown THEN flows END), 0) AS flows,
        COALESCE(SUM(CASE WHEN shown THEN packets END), 0) AS packets,
        COALESCE(SUM(CASE WHEN shown THEN bytes END), 0) AS bytes,
        COUNT(CASE WHEN action = 'ACCEPT' THEN 1 END) AS accepted,
        COUNT(CASE WHEN action = 'REJECT' THEN 1 END) AS rejected,
        MAX(CASE WHEN action = 'ACCEPT' THEN last_seen END) AS accepted_until,
        MAX(CASE WHEN action = 'REJECT' THEN last_seen END) AS rejected_until
    FROM conversation
    WHERE kind = 'conversation'
),
largest AS (
    SELECT
        *,
        CASE :measure WHEN 'bytes' THEN bytes WHEN 'packets' THEN packets ELSE flows END AS measure
    FROM conversation
    WHERE shown
    ORDER BY kind, measure DESC, client, server, service_port, protocol, action
    LIMIT :limit
),
totalled AS (
    SELECT
        kept.*,
        largest.measure,
        kept.is_coverage = 1 OR largest.shown IS NOT NULL AS shown,
        total.*
    FROM kept
    LEFT JOIN largest
        ON
            kept.kind = largest.kind
            AND kept.client IS NOT DISTINCT FROM largest.client
            AND kept.server IS NOT DISTINCT FROM largest.server
            AND kept.service_port IS NOT DISTINCT FROM largest.service_port
            AND kept.protocol IS NOT DISTINCT FROM largest.protocol
            AND kept.action IS NOT DISTINCT FROM largest.action
    CROSS JOIN total
)
