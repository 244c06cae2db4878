-- All of it at once, for an engine that would read the logs once more for a part that is named twice.

-- Both ends of a flow may be logged, each by its own interface.
per_interface AS (
    SELECT
        day,
        aws_account_id,
        aws_region,
        log_status,
        matched,
        CASE WHEN matched IS NOT NULL THEN client END AS client,
        CASE WHEN matched IS NOT NULL THEN server END AS server,
        CASE WHEN matched IS NOT NULL THEN service_port END AS service_port,
        CASE WHEN matched IS NOT NULL THEN protocol END AS protocol,
        CASE WHEN matched IS NOT NULL THEN action END AS action,
        CASE WHEN matched IS NOT NULL THEN interface_id END AS interface_id,
        COUNT(*) AS records,
        COUNT(witness) AS witnesses,
        COUNT(CASE WHEN action = 'ACCEPT' THEN witness END) AS accepted_witnesses,
        SUM(flows_to_server) AS flows_to_server,
        SUM(flows_to_client) AS flows_to_client,
        SUM(packets_to_server) AS packets_to_server,
        SUM(packets_to_client) AS packets_to_client,
        SUM(bytes_to_server) AS bytes_to_server,
        SUM(bytes_to_client) AS bytes_to_client,
        MIN(start) AS first_seen,
        MAX("end") AS last_seen,
        MIN(path) AS lowest_path,
        MAX(path) AS highest_path,
        MAX(CASE WHEN path IN (4, 5) THEN path END) AS peering_path,
        MAX(client_service) AS client_service,
        MAX(server_service) AS server_service
    FROM judged
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
),
-- Coverage and conversations in one pass; the larger of two interfaces' sums is the flow's own.
summary AS (
    SELECT
        day,
        aws_account_id,
        aws_region,
        log_status,
        client,
        server,
        service_port,
        protocol,
        action,
        matched,
        GROUPING(matched) AS is_coverage,
        SUM(records) AS records,
        SUM(witnesses) AS witnesses,
        SUM(accepted_witnesses) AS accepted_witnesses,
        MAX(flows_to_server) AS flows_to_server,
        MAX(flows_to_client) AS flows_to_client,
        MAX(packets_to_server) AS packets_to_server,
        MAX(packets_to_client) AS packets_to_client,
        MAX(bytes_to_server) AS bytes_to_server,
        MAX(bytes_to_client) AS bytes_to_client,
        MIN(first_seen) AS first_seen,
        MAX(last_seen) AS last_seen,
        MIN(lowest_path) AS lowest_path,
        MAX(highest_path) AS highest_path,
        MAX(peering_path) AS peering_path,
        MAX(client_service) AS client_service,
        MAX(server_service) AS server_service
    FROM per_interface
    GROUP BY GROUPING SETS (
        (day, aws_account_id, aws_region, log_status),
        (day, matched, client, server, service_port, protocol, action)
    )
    HAVING GROUPING(matched) = 1 OR matched IS NOT NULL
),
kinds AS (
    SELECT
        *,
        CASE
            WHEN matched = 1 THEN 'conversation'
            WHEN matched = 2 THEN 'previous_conversation'
            WHEN in_days(day, :window) THEN 'coverage'
            ELSE 'previous_coverage'
        END AS kind
    FROM summary
),
ranked AS (
    SELECT
        *,
        kind = 'conversation' AS counted,
        is_coverage = 1 OR in_values(action, :actions) AS shown,
        MIN(day) OVER (PARTITION BY kind, client, server, service_port, protocol, action) AS first_day,
        SUM(
            CASE :measure
                WHEN 'bytes' THEN bytes_to_server + bytes_to_client
                WHEN 'packets' THEN packets_to_server + packets_to_client
                ELSE flows_to_server + flows_to_client
            END
        ) OVER (PARTITION BY kind, client, server, service_port, protocol, action) AS measure
    FROM kinds
),
totalled AS (
    SELECT
        *,
        SUM(CASE WHEN counted AND shown AND day = first_day THEN 1 ELSE 0 END) OVER () AS conversations,
        SUM(CASE WHEN counted AND shown THEN flows_to_server + flows_to_client ELSE 0 END) OVER () AS flows,
        SUM(CASE WHEN counted AND shown THEN packets_to_server + packets_to_client ELSE 0 END) OVER () AS packets,
        SUM(CASE WHEN counted AND shown THEN bytes_to_server + bytes_to_client ELSE 0 END) OVER () AS bytes,
        SUM(CASE WHEN counted AND action = 'ACCEPT' AND day = first_day THEN 1 ELSE 0 END) OVER () AS accepted,
        SUM(CASE WHEN counted AND action = 'REJECT' AND day = first_day THEN 1 ELSE 0 END) OVER () AS rejected,
        MAX(CASE WHEN counted AND action = 'ACCEPT' THEN last_seen END) OVER () AS accepted_until,
        MAX(CASE WHEN counted AND action = 'REJECT' THEN last_seen END) OVER () AS rejected_until
    FROM ranked
)
