-- The AWS services of hosts, where the logs name one; of several the last by name.
SELECT
    address,
    MAX(service) AS service
FROM (
    SELECT
        client AS address,
        client_service AS service
    FROM (:narrowed) AS narrowed
    UNION ALL
    SELECT
        server AS address,
        server_service AS service
    FROM (:narrowed) AS narrowed
) AS host
WHERE service IS NOT NULL AND in_values(address, :named)
GROUP BY 1
ORDER BY address
