-- The conversations of a finished scan that a view keeps, a row for each day.
SELECT *
FROM (
    SELECT
        kind,
        day,
        client,
        server,
        service_port,
        protocol,
        action,
        flows_to_server + flows_to_client AS flows,
        packets_to_server + packets_to_client AS packets,
        bytes_to_server + bytes_to_client AS bytes,
        bytes_to_server,
        bytes_to_client,
        first_seen,
        last_seen,
        lowest_path,
        highest_path,
        peering_path,
        client_service,
        server_service,
        MIN(day) OVER (PARTITION BY kind, client, server, service_port, protocol, action) AS first_day
    FROM scan_result
    WHERE in_values(kind, :kinds)
) AS conversation
WHERE
    in_values(action, :actions)
    AND in_values(service_port, :ports)
    AND in_values(protocol, :protocols)
    AND (in_values(client, :hosts) OR in_values(server, :hosts))
    AND ((in_networks(client, :subnets)) OR (in_networks(server, :subnets)))
    AND (
        (in_values(client, :one_end) AND in_values(server, :other_end))
        OR (in_values(client, :other_end) AND in_values(server, :one_end))
    )
    AND first_day >= :new_since
