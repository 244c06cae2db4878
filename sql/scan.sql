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
        -- AWS numbers the ways out of an interface from 1 on, so that each can be a bit of one number; a record
        -- of what came in has none.
        CASE WHEN optional(traffic_path, :fields) BETWEEN 1 AND 62 THEN optional(traffic_path, :fields) END AS path
    FROM record
),
-- Every lookup once: the condition and the witnesses ask for the same ones.
placed AS (
    SELECT
        *,
        :lookups
    FROM sided
),
-- `matched` is 1 for the asked window and 2 for the one before: numbers are grouped faster than words.
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
                        WHEN in_days(day, :window) AND in_window(start, :window) THEN 1
                        WHEN :is_previous THEN 2
                    END
        END AS matched,
        CASE WHEN to_client THEN 0 ELSE 1 END AS flows_to_server,
        CASE WHEN to_client THEN 1 ELSE 0 END AS flows_to_client,
        CASE WHEN to_client THEN 0 ELSE COALESCE(packets, 0) END AS packets_to_server,
        CASE WHEN to_client THEN COALESCE(packets, 0) ELSE 0 END AS packets_to_client,
        CASE WHEN to_client THEN 0 ELSE COALESCE(bytes, 0) END AS bytes_to_server,
        CASE WHEN to_client THEN COALESCE(bytes, 0) ELSE 0 END AS bytes_to_client
    FROM placed
),
-- Coverage, and each day of a conversation with the conversation's measure; beside them the totals.
:summary
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
