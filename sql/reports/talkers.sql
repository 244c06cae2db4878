-- The conversations of the whole window, the largest first.
SELECT
    client,
    server,
    service_port,
    protocol,
    action,
    SUM(flows_to_server + flows_to_client) AS flows,
    SUM(packets_to_server + packets_to_client) AS packets,
    SUM(bytes_to_server + bytes_to_client) AS bytes,
    SUM(bytes_to_server) AS bytes_to_server,
    SUM(bytes_to_client) AS bytes_to_client,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM scan_result
WHERE kind = 'conversation'
GROUP BY 1, 2, 3, 4, 5
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes_to_server + bytes_to_client)
        WHEN 'packets' THEN SUM(packets_to_server + packets_to_client)
        ELSE SUM(flows_to_server + flows_to_client)
    END DESC,
    client,
    server,
    service_port,
    protocol,
    action
LIMIT :limit
