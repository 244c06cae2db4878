-- The AWS services that the logs name, the largest first. A conversation between two of them counts for both.
WITH narrowed AS (:narrowed),
named AS (
    SELECT
        client_service AS service,
        client AS address,
        server AS peer,
        day,
        first_day,
        flows,
        packets,
        bytes,
        first_seen,
        last_seen
    FROM narrowed
    UNION ALL
    SELECT
        server_service AS service,
        server AS address,
        client AS peer,
        day,
        first_day,
        flows,
        packets,
        bytes,
        first_seen,
        last_seen
    FROM narrowed
    WHERE server_service IS DISTINCT FROM client_service
)
SELECT
    service,
    COUNT(DISTINCT address) AS hosts,
    COUNT(DISTINCT peer) AS peers,
    SUM(CASE WHEN day = first_day THEN 1 ELSE 0 END) AS conversations,
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
