-- Reads the window's partitions once. First one row for each day, account, region and log-status
-- (coverage, counting ALL records, and the witnesses: records of traffic of the networks asked about), then
-- one row for each day and conversation that the question matches, the largest conversations first. The totals
-- are exact whatever the limit leaves out. Where a window before is compared with, its rows stand behind all of
-- these, and change none of them.
WITH record AS (
    SELECT
        *,
        -- The server is the side with the lower port; of equal ports, the address whose text sorts first.
        srcport < dstport OR (srcport = dstport AND srcaddr < dstaddr) AS to_client
    FROM vpcflowlogstable
    WHERE day BETWEEN :first_day AND :last_day
),
sided AS (
    SELECT
        *,
        CASE WHEN to_client THEN dstaddr ELSE srcaddr END AS client,
        CASE WHEN to_client THEN srcaddr ELSE dstaddr END AS server,
        CASE WHEN to_client THEN srcport ELSE dstport END AS service_port,
        NULLIF(
            CASE
                WHEN to_client THEN optional(pkt_dst_aws_service, :fields)
                ELSE optional(pkt_src_aws_service, :fields)
            END,
            '-'
        ) AS client_service,
        NULLIF(
            CASE
                WHEN to_client THEN optional(pkt_src_aws_service, :fields)
                ELSE optional(pkt_dst_aws_service, :fields)
            END,
            '-'
        ) AS server_service,
        -- AWS numbers the ways out of an interface; a record of what came in has none.
        CASE WHEN optional(traffic_path, :fields) BETWEEN 1 AND 99 THEN optional(traffic_path, :fields) END AS path
    FROM record
),
-- Every lookup once: the condition and the witnesses ask for the same ones.
placed AS (
    SELECT
        *,
        :lookups
    FROM sided
),
judged AS (
    SELECT
        *,
        CASE WHEN log_status = 'OK' AND (:witness) THEN 1 END AS witness,
        CASE
            WHEN
                log_status = 'OK'
                AND (:condition)
                AND in_values(service_port, :ports)
                AND in_values(protocol, :protocols)
                THEN
                    CASE
                        WHEN in_days(day, :window) AND in_window(start, :window) THEN 'conversation'
                        WHEN :is_previous THEN 'previous_conversation'
                    END
        END AS matched
    FROM placed
),
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
        SUM(CASE WHEN to_client THEN 0 ELSE 1 END) AS flows_to_server,
        SUM(CASE WHEN to_client THEN 1 ELSE 0 END) AS flows_to_client,
        SUM(CASE WHEN to_client THEN 0 ELSE COALESCE(packets, 0) END) AS packets_to_server,
        SUM(CASE WHEN to_client THEN COALESCE(packets, 0) ELSE 0 END) AS packets_to_client,
        SUM(CASE WHEN to_client THEN 0 ELSE COALESCE(bytes, 0) END) AS bytes_to_server,
        SUM(CASE WHEN to_client THEN COALESCE(bytes, 0) ELSE 0 END) AS bytes_to_client,
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
            WHEN is_coverage = 0 THEN matched
            WHEN in_days(day, :window) THEN 'coverage'
            ELSE 'previous_coverage'
        END AS kind
    FROM summary
),
-- Each row with its conversation's measure over all days, and with the totals: the largest ones at least.
:ranking
SELECT
    kind,
    day,
    aws_account_id,
    aws_region,
    log_status,
    CASE WHEN is_coverage = 1 THEN CAST(records AS BIGINT) END AS records,
    client,
    server,
    service_port,
    protocol,
    action,
    CASE WHEN is_coverage = 0 THEN CAST(flows_to_server AS BIGINT) END AS flows_to_server,
    CASE WHEN is_coverage = 0 THEN CAST(flows_to_client AS BIGINT) END AS flows_to_client,
    CASE WHEN is_coverage = 0 THEN CAST(packets_to_server AS BIGINT) END AS packets_to_server,
    CASE WHEN is_coverage = 0 THEN CAST(packets_to_client AS BIGINT) END AS packets_to_client,
    CASE WHEN is_coverage = 0 THEN CAST(bytes_to_server AS BIGINT) END AS bytes_to_server,
    CASE WHEN is_coverage = 0 THEN CAST(bytes_to_client AS BIGINT) END AS bytes_to_client,
    CASE WHEN is_coverage = 0 THEN first_seen END AS first_seen,
    CASE WHEN is_coverage = 0 THEN last_seen END AS last_seen,
    CASE WHEN is_coverage = 0 THEN CAST(lowest_path AS INTEGER) END AS lowest_path,
    CASE WHEN is_coverage = 0 THEN CAST(highest_path AS INTEGER) END AS highest_path,
    CASE WHEN is_coverage = 0 THEN CAST(peering_path AS INTEGER) END AS peering_path,
    CASE WHEN is_coverage = 0 THEN client_service END AS client_service,
    CASE WHEN is_coverage = 0 THEN server_service END AS server_service,
    CASE WHEN is_coverage = 1 THEN CAST(witnesses AS BIGINT) END AS witnesses,
    CASE WHEN is_coverage = 1 THEN CAST(accepted_witnesses AS BIGINT) END AS accepted_witnesses,
    CASE WHEN is_coverage = 1 THEN CAST(conversations AS BIGINT) END AS total_conversations,
    CASE WHEN is_coverage = 1 THEN CAST(flows AS BIGINT) END AS total_flows,
    CASE WHEN is_coverage = 1 THEN CAST(packets AS BIGINT) END AS total_packets,
    CASE WHEN is_coverage = 1 THEN CAST(bytes AS BIGINT) END AS total_bytes,
    CASE WHEN is_coverage = 1 THEN CAST(accepted AS BIGINT) END AS total_accepted,
    CASE WHEN is_coverage = 1 THEN CAST(rejected AS BIGINT) END AS total_rejected,
    CASE WHEN is_coverage = 1 THEN accepted_until END AS accepted_until,
    CASE WHEN is_coverage = 1 THEN rejected_until END AS rejected_until
FROM totalled
WHERE shown
ORDER BY
    CASE kind
        WHEN 'coverage' THEN 1
        WHEN 'conversation' THEN 2
        WHEN 'previous_coverage' THEN 3
        ELSE 4
    END,
    measure DESC,
    client,
    server,
    service_port,
    protocol,
    action,
    day,
    aws_account_id,
    aws_region,
    log_status
LIMIT :limit
