"""Services by their ports.

Names: IANA, "Service Name and Transport Protocol Port Number Registry", of the services that are met most
within networks; for a few, the name that everybody says stands here instead.
"""

from __future__ import annotations

from bot.domain.protocols import PROTOCOLS, name_of

_TCP, _UDP = PROTOCOLS["tcp"], PROTOCOLS["udp"]

_BOTH = {
    53: "domain",
    88: "kerberos",
    111: "sunrpc",
    123: "ntp",
    161: "snmp",
    162: "snmptrap",
    389: "ldap",
    443: "https",
    464: "kpasswd",
    500: "isakmp",
    514: "syslog",
    853: "domain-s",
    1194: "openvpn",
    1812: "radius",
    1813: "radius-acct",
    2049: "nfs",
    3389: "rdp",
    3478: "stun",
    4500: "ipsec-nat-t",
    5060: "sip",
    5061: "sips",
    8125: "statsd",
}
_OF_TCP = {
    20: "ftp-data",
    21: "ftp",
    22: "ssh",
    23: "telnet",
    25: "smtp",
    80: "http",
    110: "pop3",
    135: "epmap",
    139: "netbios-ssn",
    143: "imap",
    179: "bgp",
    445: "microsoft-ds",
    465: "submissions",
    587: "submission",
    636: "ldaps",
    873: "rsync",
    990: "ftps",
    993: "imaps",
    995: "pop3s",
    1433: "ms-sql-s",
    1521: "oracle",
    1883: "mqtt",
    2181: "zookeeper",
    2379: "etcd-client",
    2380: "etcd-server",
    3128: "squid",
    3260: "iscsi-target",
    3268: "msft-gc",
    3269: "msft-gc-ssl",
    3306: "mysql",
    5432: "postgresql",
    5439: "redshift",
    5671: "amqps",
    5672: "amqp",
    5900: "rfb",
    5985: "wsman",
    5986: "wsmans",
    6379: "redis",
    8080: "http-alt",
    8883: "secure-mqtt",
    9042: "cassandra",
    9092: "kafka",
    9200: "elasticsearch",
    9418: "git",
    10250: "kubelet",
    11211: "memcache",
    27017: "mongodb",
}
_OF_UDP = {
    67: "bootps",
    68: "bootpc",
    69: "tftp",
    137: "netbios-ns",
    138: "netbios-dgm",
    520: "router",
    1900: "ssdp",
    4789: "vxlan",
    5353: "mdns",
    6081: "geneve",
    6343: "sflow",
    51820: "wireguard",
}
_NAMES = {_TCP: _BOTH | _OF_TCP, _UDP: _BOTH | _OF_UDP}


def write_service(port: int, protocol: int) -> str:
    """A service port as people read it: `5432/TCP postgresql`, or `50123/TCP` where it has no name."""
    name = _NAMES.get(protocol, {}).get(port, "")
    return f"{port}/{name_of(protocol)}{f' {name}' if name else ''}"
