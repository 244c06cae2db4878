-- Every conversation of every day, the largest first.
SELECT
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
    last_seen
FROM scan_result
WHERE kind = 'conversation'
ORDER BY bytes DESC, day, client, server, service_port, protocol, action
