-- Whether the logs tell a path, and an AWS service, of anything that a view keeps.
SELECT
    COUNT(lowest_path) AS paths,
    COUNT(COALESCE(client_service, server_service)) AS services
FROM (:narrowed) AS narrowed
