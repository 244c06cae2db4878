-- The ways that the traffic took, the largest first: of each the lowest, the highest and a peering's number.
WITH conversation AS (
    SELECT
        MIN(lowest_path) AS lowest_path,
        MAX(highest_path) AS highest_path,
        MAX(peering_path) AS peering_path,
        SUM(flows) AS flows,
        SUM(packets) AS packets,
        SUM(bytes) AS bytes,
        MIN(first_seen) AS first_seen,
        MAX(last_seen) AS last_seen
    FROM (:narrowed) AS narrowed
    GROUP BY client, server, service_port, protocol, action
)
SELECT
    lowest_path,
    highest_path,
    peering_path,
    COUNT(*) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM conversation
GROUP BY 1, 2, 3
ORDER BY
    CASE :measure
        WHEN 'bytes' THEN SUM(bytes)
        WHEN 'packets' THEN SUM(packets)
        ELSE SUM(flows)
    END DESC,
    lowest_path,
    highest_path,
    peering_path
LIMIT :limit
