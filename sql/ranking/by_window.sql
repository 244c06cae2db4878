-- All rows at once, for an engine that would read the logs once more for a part that is named twice.
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
