-- The log's own records that the question matches, in the order in which they began.
SELECT *
FROM (
    SELECT
        *,
        CASE
            WHEN srcport < dstport OR (srcport = dstport AND srcaddr < dstaddr) THEN srcport
            ELSE dstport
        END AS service_port
    FROM vpcflowlogstable
    WHERE day BETWEEN :first_day AND :last_day
)
WHERE
    log_status = 'OK'
    AND (:condition)
    AND in_window(start, :window)
    AND in_values(service_port, :ports)
    AND in_values(protocol, :protocols)
    AND in_values(action, :actions)
ORDER BY start, interface_id, srcaddr, dstaddr, srcport, dstport, protocol, "end", packets, bytes
LIMIT :limit
