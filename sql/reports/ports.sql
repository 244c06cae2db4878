-- The service ports, the largest first.
SELECT
    service_port,
    protocol,
    COUNT(DISTINCT client) AS clients,
    COUNT(DISTINCT server) AS servers,
    SUM(CASE WHEN day = first_day THEN 1 ELSE 0 END) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM (:narrowed) AS narrowed
GROUP BY 1, 2
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes)
        WHEN 'packets' THEN SUM(packets)
        ELSE SUM(flows)
    END DESC,
    service_port,
    protocol
LIMIT :limit
