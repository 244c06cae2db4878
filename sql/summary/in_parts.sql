-- Part by part, for an engine that computes a part once that is named twice: what a row is grouped by and summed
-- up to decides how long it takes, so that each part has only what it needs. The reader lets no third action pass.

once AS MATERIALIZED (
    SELECT
        *,
        action = 'ACCEPT' AS is_accepted
    FROM judged
),
coverage AS (
    SELECT
        day,
        aws_account_id,
        aws_region,
        log_status,
        COUNT(*) AS records,
        COUNT(witness) AS witnesses,
        COUNT(CASE WHEN is_accepted THEN witness END) AS accepted_witnesses
    FROM once
    GROUP BY 1, 2, 3, 4
),
-- Both ends of a flow may be logged, each by its own interface.
per_interface AS (
    SELECT
        matched,
        day,
        client,
        server,
        service_port,
        protocol,
        is_accepted,
        interface_id,
        SUM(flows_to_server) AS flows_to_server,
        SUM(flows_to_client) AS flows_to_client,
        SUM(packets_to_server) AS packets_to_server,
        SUM(packets_to_client) AS packets_to_client,
        SUM(bytes_to_server) AS bytes_to_server,
        SUM(bytes_to_client) AS bytes_to_client,
        MIN(start) AS first_seen,
        MAX("end") AS last_seen,
        BIT_OR(CAST(1 AS BIGINT) << path) AS paths
    FROM once
    WHERE matched IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
),
-- The larger of two interfaces' sums is the flow's own.
per_day AS MATERIALIZED (
    SELECT
        matched,
        day,
        client,
        server,
        service_port,
        protocol,
        is_accepted,
        CAST(MAX(flows_to_server) AS BIGINT) AS flows_to_server,
        CAST(MAX(flows_to_client) AS BIGINT) AS flows_to_client,
        CAST(MAX(packets_to_server) AS BIGINT) AS packets_to_server,
        CAST(MAX(packets_to_client) AS BIGINT) AS packets_to_client,
        CAST(MAX(bytes_to_server) AS BIGINT) AS bytes_to_server,
        CAST(MAX(bytes_to_client) AS BIGINT) AS bytes_to_client,
        MIN(first_seen) AS first_seen,
        MAX(last_seen) AS last_seen,
        BIT_OR(paths) AS paths
    FROM per_interface
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
-- Few records name a service, and to compare names takes longer than all sums.
named AS (
    SELECT
        matched,
        day,
        client,
        server,
        service_port,
        protocol,
        is_accepted,
        MAX(client_service) AS client_service,
        MAX(server_service) AS server_service
    FROM once
    WHERE matched IS NOT NULL AND (client_service IS NOT NULL OR server_service IS NOT NULL)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
whole AS (
    SELECT
        matched,
        client,
        server,
        service_port,
        protocol,
        is_accepted,
        SUM(flows_to_server + flows_to_client) AS flows,
        SUM(packets_to_server + packets_to_client) AS packets,
        SUM(bytes_to_server + bytes_to_client) AS bytes,
        MAX(last_seen) AS last_seen,
        COUNT(*) AS days
    FROM per_day
    GROUP BY 1, 2, 3, 4, 5, 6
),
conversation AS (
    SELECT
        *,
        CASE WHEN is_accepted THEN 'ACCEPT' WHEN NOT is_accepted THEN 'REJECT' END AS action,
        in_values(action, :actions) AS shown
    FROM whole
),
total AS (
    SELECT
        COUNT(CASE WHEN shown THEN 1 END) AS conversations,
        COALESCE(SUM(CASE WHEN shown THEN flows END), 0) AS flows,
        COALESCE(SUM(CASE WHEN shown THEN packets END), 0) AS packets,
        COALESCE(SUM(CASE WHEN shown THEN bytes END), 0) AS bytes,
        COUNT(CASE WHEN is_accepted THEN 1 END) AS accepted,
        COUNT(CASE WHEN NOT is_accepted THEN 1 END) AS rejected,
        MAX(CASE WHEN is_accepted THEN last_seen END) AS accepted_until,
        MAX(CASE WHEN NOT is_accepted THEN last_seen END) AS rejected_until
    FROM conversation
    WHERE matched = 1
),
ranked AS (
    SELECT
        *,
        CASE :measure WHEN 'bytes' THEN bytes WHEN 'packets' THEN packets ELSE flows END AS measure
    FROM conversation
    WHERE shown
    ORDER BY matched, measure DESC, client, server, service_port, protocol, action
    LIMIT :limit
),
numbered AS (
    SELECT
        *,
        SUM(days) OVER (
            ORDER BY matched, measure DESC, client, server, service_port, protocol, action
            ROWS UNBOUNDED PRECEDING
        ) - days AS rows_before
    FROM ranked
),
-- Only the days of the largest conversations are looked up, and of no more than the limit has room for.
largest AS (
    SELECT *
    FROM numbered
    WHERE rows_before < :limit
),
listed AS (
    SELECT
        CASE per_day.matched WHEN 1 THEN 'conversation' ELSE 'previous_conversation' END AS kind,
        per_day.day,
        per_day.client,
        per_day.server,
        per_day.service_port,
        per_day.protocol,
        largest.action,
        per_day.flows_to_server,
        per_day.flows_to_client,
        per_day.packets_to_server,
        per_day.packets_to_client,
        per_day.bytes_to_server,
        per_day.bytes_to_client,
        per_day.first_seen,
        per_day.last_seen,
        -- A bit's place is the number of digits behind it.
        LENGTH(BIN(per_day.paths & -per_day.paths)) - 1 AS lowest_path,
        LENGTH(BIN(per_day.paths)) - 1 AS highest_path,
        CASE
            WHEN per_day.paths & (1 << 5) > 0 THEN 5
            WHEN per_day.paths & (1 << 4) > 0 THEN 4
        END AS peering_path,
        named.client_service,
        named.server_service,
        largest.measure
    FROM per_day
    INNER JOIN largest
        ON
            per_day.matched = largest.matched
            AND per_day.client IS NOT DISTINCT FROM largest.client
            AND per_day.server IS NOT DISTINCT FROM largest.server
            AND per_day.service_port IS NOT DISTINCT FROM largest.service_port
            AND per_day.protocol IS NOT DISTINCT FROM largest.protocol
            AND per_day.is_accepted IS NOT DISTINCT FROM largest.is_accepted
    LEFT JOIN named
        ON
            per_day.matched = named.matched
            AND per_day.day = named.day
            AND per_day.client IS NOT DISTINCT FROM named.client
            AND per_day.server IS NOT DISTINCT FROM named.server
            AND per_day.service_port IS NOT DISTINCT FROM named.service_port
            AND per_day.protocol IS NOT DISTINCT FROM named.protocol
            AND per_day.is_accepted IS NOT DISTINCT FROM named.is_accepted
),
totalled AS (
    SELECT *, TRUE AS shown
    FROM (
        SELECT *, 0 AS is_coverage FROM listed
        UNION ALL BY NAME
        SELECT *, 1 AS is_coverage, CASE WHEN in_days(day, :window) THEN 'coverage' ELSE 'previous_coverage' END AS kind
        FROM coverage
    ) AS part
    CROSS JOIN total
)
