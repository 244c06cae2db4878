"""Who talks to whom: the whole story as data.

VPC-A (10.0.0.0/16) owns the flow log. VPC-B (10.1.0.0/16) is peered with it: a database that A works
with all day, a nightly backup, a web application that B uses, and a licence service that fell silent.
VPC-C (10.2.0.0/16) leaks in through a data centre although it should not. VPC-D (10.3.0.0/16) only
ever tries and is rejected. 10.9.0.0/16 appears nowhere.
"""

from dataclasses import dataclass
from typing import Literal

KB, MB, GB = 10**3, 10**6, 10**9
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58

Action = Literal["ACCEPT", "REJECT"]


@dataclass(frozen=True)
class Rhythm:
    """When connections begin: a weight for each UTC hour, and how much of a working day a weekend day has."""

    weights: tuple[float, ...]
    weekend: float = 1.0


@dataclass(frozen=True)
class Habit:
    """Connections that happen every day: each picks one client, one server and one port.

    `per_day` counts the connections of a working day, `seconds` is the range of their duration;
    `bytes_to_server` and `bytes_to_client` are the medians of one connection. `packet_bytes` is the size
    of a full packet. Rejected connections have no reply. `stopped_days_ago` is the age, counted from the
    last day of the story, of the last day on which the habit was seen.
    """

    name: str
    clients: tuple[str, ...]
    servers: tuple[str, ...]
    ports: tuple[int, ...]
    rhythm: Rhythm
    per_day: int
    seconds: tuple[int, int]
    bytes_to_server: int
    bytes_to_client: int
    protocol: int = TCP
    packet_bytes: int = 1460
    action: Action = "ACCEPT"
    stopped_days_ago: int = 0


@dataclass(frozen=True)
class Gap:
    """Hours in which AWS lost records of one interface and said so with SKIPDATA."""

    days_ago: int
    address: str
    since_hour: int
    until_hour: int


ALWAYS = Rhythm((1,) * 24)
OFFICE = Rhythm((0,) * 7 + (2, 5, 9, 10, 9, 6, 8, 10, 9, 7, 4, 1) + (0,) * 5, weekend=0.15)
VISITORS = Rhythm((2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 10, 9, 9, 9, 9, 9, 9, 10, 9, 7, 5, 3), weekend=0.6)
NIGHTLY = Rhythm((0, 1) + (0,) * 22)
FOUR_TIMES = Rhythm((0, 0, 0, 1, 0, 0) * 4)

JUMBO = 8949  # a packet inside the region carries 9001 bytes, headers included

APP_SERVERS = ("10.0.2.11", "10.0.2.12", "10.0.2.13")
HOSTS = ("10.0.0.151", "10.0.0.175", *APP_SERVERS)
VISITOR_ADDRESSES = (
    *(f"203.0.113.{host}" for host in range(20, 250)),
    *(f"198.51.100.{host}" for host in range(100, 250)),
)
VISITOR_ADDRESSES_IPV6 = ("2001:db8:cafe::17", "2001:db8:cafe::2a", "2001:db8:f00d::5")
SCANNER_ADDRESSES = tuple(f"192.0.2.{host}" for host in range(130, 190))

# Each habit: name, clients, servers, ports, rhythm, per_day, seconds, bytes_to_server, bytes_to_client.
# fmt: off
INSIDE_A = (
    Habit("iperf", ("10.0.0.151",), ("10.0.0.175",), (5201,),
          FOUR_TIMES, 4, (60, 120), 30 * GB, 60 * MB, packet_bytes=JUMBO),
    Habit("cache", APP_SERVERS, ("10.0.0.60",), (6379,),
          OFFICE, 90, (60, 1500), 4 * MB, 22 * MB, packet_bytes=JUMBO),
    Habit("application", ("10.0.1.20",), APP_SERVERS, (8080,),
          VISITORS, 160, (5, 300), MB, 9 * MB, packet_bytes=JUMBO),
    Habit("dns", (*HOSTS, "10.0.1.20"), ("10.0.0.53",), (53,),
          ALWAYS, 700, (0, 40), 210, 620, UDP),
    Habit("metrics", ("10.0.0.90",), (*HOSTS, "10.0.0.60"), (9100,),
          ALWAYS, 220, (1, 20), 2 * KB, 60 * KB),
    Habit("ping", ("10.0.0.90",), (*HOSTS, "10.0.1.20"), (0,),
          ALWAYS, 150, (5, 50), 840, 840, ICMP, packet_bytes=84),
    Habit("ssh", ("10.0.0.10",), HOSTS, (22,),
          OFFICE, 12, (120, 2400), 60 * KB, 300 * KB),
)

WITH_B = (
    Habit("database", ("10.0.0.151",), ("10.1.0.123",), (5432,),
          OFFICE, 32, (300, 1800), 18 * MB, 240 * MB, packet_bytes=JUMBO),
    Habit("backup", ("10.0.0.175",), ("10.1.0.200",), (873,),
          NIGHTLY, 1, (2400, 4200), 3 * GB, 20 * MB, packet_bytes=JUMBO),
    Habit("web-from-b", ("10.1.0.31", "10.1.0.32", "10.1.0.47"), ("10.0.0.175",), (443,),
          OFFICE, 240, (5, 240), 90 * KB, 2 * MB),
    Habit("licence", ("10.0.0.175", *APP_SERVERS), ("10.1.0.88",), (8443,),
          OFFICE, 40, (2, 30), 40 * KB, 900 * KB, stopped_days_ago=6),
    Habit("b-rejected", ("10.1.0.66",), ("10.0.0.151", "10.0.0.60"), (3306, 6379),
          OFFICE, 9, (0, 20), 180, 0, packet_bytes=60, action="REJECT"),
)

FROM_C_AND_D = (
    Habit("c-files", ("10.2.0.146",), ("10.0.0.151",), (445,),
          OFFICE, 14, (30, 500), 2 * MB, 9 * MB),
    Habit("c-web", ("10.2.0.146",), ("10.0.0.151",), (8080,),
          OFFICE, 24, (2, 60), 30 * KB, 700 * KB),
    Habit("c-ssh", ("10.2.0.146",), ("10.0.0.151",), (22,),
          OFFICE, 5, (60, 900), 60 * KB, 180 * KB),
    Habit("c-rejected", ("10.2.0.146", "10.2.0.30"), ("10.0.0.175",), (3389,),
          OFFICE, 6, (0, 20), 156, 0, packet_bytes=52, action="REJECT"),
    Habit("d-rejected", ("10.3.0.44", "10.3.0.45"), ("10.0.0.151", "10.0.0.175"), (22, 445),
          ALWAYS, 16, (0, 20), 180, 0, packet_bytes=60, action="REJECT"),
)

INTERNET = (
    Habit("content-network", ("203.0.113.10",), ("10.0.1.20",), (443,),
          VISITORS, 150, (30, 400), 2 * MB, 90 * MB),
    Habit("visitors", VISITOR_ADDRESSES, ("10.0.1.20",), (443,),
          VISITORS, 2200, (1, 90), 9 * KB, 260 * KB),
    Habit("visitors-ipv6", VISITOR_ADDRESSES_IPV6, ("2001:db8:a::20",), (443,),
          VISITORS, 60, (1, 90), 9 * KB, 260 * KB),
    Habit("ping-ipv6", VISITOR_ADDRESSES_IPV6, ("2001:db8:a::20",), (0,),
          ALWAYS, 6, (1, 30), 416, 416, ICMPV6, packet_bytes=104),
    Habit("archive", ("10.0.0.175",), ("198.51.100.80",), (443,),
          NIGHTLY, 3, (600, 2400), 1400 * MB, 12 * MB),
    Habit("updates", (*APP_SERVERS, "10.0.0.151"), ("198.51.100.21", "203.0.113.12"), (443,),
          ALWAYS, 300, (1, 60), 6 * KB, 400 * KB),
    Habit("time", (*HOSTS, "10.0.0.53", "10.0.0.10"), ("192.0.2.123",), (123,),
          ALWAYS, 260, (0, 10), 76, 76, UDP, packet_bytes=76),
    Habit("scans", SCANNER_ADDRESSES, ("10.0.1.20", "10.0.0.10"), (22, 23, 445, 3389),
          ALWAYS, 2000, (0, 30), 88, 0, packet_bytes=44, action="REJECT"),
    Habit("scans-ipv6", ("2001:db8:bad::1",), ("2001:db8:a::20",), (22, 23),
          ALWAYS, 12, (0, 30), 120, 0, packet_bytes=60, action="REJECT"),
)
# fmt: on

HABITS = (*INSIDE_A, *WITH_B, *FROM_C_AND_D, *INTERNET)

# Not on the most recent days: there, that a block is unused can be proved.
GAPS = (
    Gap(days_ago=7, address="10.0.1.20", since_hour=13, until_hour=15),
    Gap(days_ago=7, address="10.0.0.151", since_hour=14, until_hour=15),
    Gap(days_ago=11, address="10.0.0.175", since_hour=1, until_hour=3),
)
