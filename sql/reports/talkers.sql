-- The conversations of the whole window, the largest first.
SELECT
    client,
    server,
    service_port,
    protocol,
    action,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    SUM(bytes_to_server) AS bytes_to_server,
    SUM(bytes_to_client) AS bytes_to_client,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM (:narrowed) AS narrowed
GROUP BY 1, 2, 3, 4, 5
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes)
        WHEN 'packets' THEN SUM(packets)
        ELSE SUM(flows)
    END DESC,
    client,
    server,
    service_port,
    protocol,
    action
LIMIT :limit
