-- The days on which anything was seen, in order.
SELECT
    day,
    COUNT(*) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM (:narrowed) AS narrowed
GROUP BY 1
ORDER BY day
LIMIT :limit
