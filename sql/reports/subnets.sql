-- Which /24 networks talk with which, the largest first. An IPv4 address gives its first three octets with
-- their dots, anything else itself.
WITH rolled_up AS (
    SELECT
        *,
        COALESCE(NULLIF(REGEXP_EXTRACT(client, '^(\d+\.\d+\.\d+\.)\d+$', 1), ''), client) AS client_subnet,
        COALESCE(NULLIF(REGEXP_EXTRACT(server, '^(\d+\.\d+\.\d+\.)\d+$', 1), ''), server) AS server_subnet
    FROM (:narrowed) AS narrowed
)
SELECT
    client_subnet,
    server_subnet,
    COUNT(DISTINCT client) AS clients,
    COUNT(DISTINCT server) AS servers,
    SUM(CASE WHEN day = first_day THEN 1 ELSE 0 END) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM rolled_up
GROUP BY 1, 2
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes)
        WHEN 'packets' THEN SUM(packets)
        ELSE SUM(flows)
    END DESC,
    client_subnet,
    server_subnet
LIMIT :limit
