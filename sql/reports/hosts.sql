-- The hosts of one side, the largest first: those in the asked blocks, or all others.
WITH narrowed AS (:narrowed),
host AS (
    SELECT
        client AS address,
        server AS peer,
        bytes_to_server AS bytes_sent,
        bytes_to_client AS bytes_received,
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
        server AS address,
        client AS peer,
        bytes_to_client AS bytes_sent,
        bytes_to_server AS bytes_received,
        day,
        first_day,
        flows,
        packets,
        bytes,
        first_seen,
        last_seen
    FROM narrowed
    WHERE server <> client
)
SELECT
    address,
    COUNT(DISTINCT peer) AS peers,
    SUM(bytes_sent) AS bytes_sent,
    SUM(bytes_received) AS bytes_received,
    SUM(CASE WHEN day = first_day THEN 1 ELSE 0 END) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM host
WHERE (in_networks(address, :asked)) = (:kind = 'hosts_asked')
GROUP BY 1
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes)
        WHEN 'packets' THEN SUM(packets)
        ELSE SUM(flows)
    END DESC,
    address
LIMIT :limit
