"""The top ten talkers between two /16 networks, by ClickHouse in a process of its own."""

import sys

import chdb

_NAMES = "version account interface srcaddr dstaddr srcport dstport protocol packets bytes start finish action status".split()
_STATEMENT = """
SELECT
    if(sport < dport, dstaddr, srcaddr) AS client, if(sport < dport, srcaddr, dstaddr) AS server,
    least(sport, dport) AS service_port, protocol, action, sum(toUInt64OrZero(bytes)) AS total
FROM (
    SELECT *, toUInt32OrZero(srcport) AS sport, toUInt32OrZero(dstport) AS dport
    FROM file('{logs}/**/*.log.gz', 'CustomSeparatedWithNames', '{columns}')
    WHERE status = 'OK'
)
WHERE (startsWith(srcaddr, '10.0.') AND startsWith(dstaddr, '10.1.'))
   OR (startsWith(srcaddr, '10.1.') AND startsWith(dstaddr, '10.0.'))
GROUP BY client, server, service_port, protocol, action
ORDER BY total DESC, client, server, service_port, protocol, action
LIMIT 10
SETTINGS format_custom_field_delimiter = ' ', format_custom_escaping_rule = 'CSV',
    input_format_with_names_use_header = 0
"""


def main(logs: str) -> None:
    columns = ", ".join(f"{name} String" for name in _NAMES)
    print(chdb.query(_STATEMENT.format(logs=logs, columns=columns), "TSV"), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
