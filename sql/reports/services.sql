-- The AWS services that the logs name, the largest first. A conversation between two of them counts for both.
WITH conversation AS (
    SELECT
        client,
        server,
        MAX(client_service) AS client_service,
        MAX(server_service) AS server_service,
        SUM(flows) AS flows,
        SUM(packets) AS packets,
        SUM(bytes) AS bytes,
        MIN(first_seen) AS first_seen,
        MAX(last_seen) AS last_seen
    FROM (:narrowed) AS narrowed
    GROUP BY client, server, service_port, protocol, action
),
named AS (
    SELECT
        client_service AS service,
        client AS address,
        server AS peer,
        flows,
        packets,
        bytes,
        first_seen,
        last_seen
    FROM conversation
    UNION ALL
    SELECT
        server_service AS service,
        server AS address,
        client AS peer,
        flows,
        packets,
        bytes,
        first_seen,
        last_seen
    FROM conversation
    WHERE server_service IS DISTINCT FROM client_service
)
SELECT
    service,
    COUNT(DISTINCT address) AS hosts,
    COUNT(DISTINCT peer) AS peers,
    COUNT(*) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM named
WHERE service IS NOT NULL
GROUP BY 1
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes)
        WHEN 'packets' THEN SUM(packets)
        ELSE SUM(flows)
    END DESC,
    service
LIMIT :limit
