-- The sums over everything that a view keeps.
SELECT
    SUM(CASE WHEN day = first_day THEN 1 ELSE 0 END) AS conversations,
    SUM(flows) AS flows,
    SUM(packets) AS packets,
    SUM(bytes) AS bytes,
    MIN(first_seen) AS first_seen,
    MAX(last_seen) AS last_seen
FROM (:narrowed) AS narrowed
