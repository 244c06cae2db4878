"""Random small sets of flow-log records, made so that the five questions meet their edge cases.

Few hosts, chosen at the borders of small blocks; few ports; few byte counts, so that ties are common.
Nothing here knows how an answer is computed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network
from random import Random

LOG_DAYS = 7
TCP, UDP, ICMP, ICMPV6, GRE = 6, 17, 1, 58, 47
SERVICES = ((TCP, 22), (TCP, 443), (TCP, 5201), (UDP, 53), (TCP, 53), (UDP, 3389))
STRANGERS = ["203.0.113.7", "198.51.100.1", "192.0.2.255", "100.64.0.1"]
V6 = ["2001:db8::1", "2001:db8:0:ffff::a", "fd00::10"]
PATHS = ["1", "4", "4", "5", "8", "62"]
JUNK_PATHS = ["0", "-1", "63", "100", "300", "99999999999", "S3", "None", "4x"]
COUNTERS = (60, 100, 100, 100, 200, 1500, 4_000_000_000_000)


@dataclass(frozen=True)
class Record:
    """One flow-log record, where it lies, and its columns; None is a dash in the file."""

    day: date
    account: str
    region: str
    interface: str
    srcaddr: str | None
    dstaddr: str | None
    srcport: int | None
    dstport: int | None
    protocol: int | None
    packets: int | None
    bytes: int | None
    start: int
    end: int
    action: str | None
    status: str = "OK"
    traffic_path: str | None = None
    src_service: str | None = None
    dst_service: str | None = None

    def identity(self) -> tuple[object, ...]:
        """All that tells two records apart except where they lie and what they counted."""
        ends = (self.srcaddr, self.dstaddr, self.srcport, self.dstport, self.protocol)
        return (self.interface, *ends, self.action, self.start, self.end, self.status)


@dataclass(frozen=True)
class Source:
    """One account and region, with the layout in which its subscription delivers.

    `is_telling` is whether its format has the fields of version 5.
    """

    account: str
    region: str
    hive: bool
    hourly: bool
    interfaces: tuple[str, ...]
    is_telling: bool = False


@dataclass(frozen=True)
class Side:
    """One argument of a question: what is typed, and the canonical blocks it stands for."""

    typed: str
    blocks: tuple[str, ...]

    @property
    def is_network(self) -> bool:
        """Whether a name was typed, which has to be registered first."""
        return "/" not in self.typed


@dataclass(frozen=True)
class LogSet:
    """Everything random about one case: the records, the sides to ask about and the edges in time."""

    seed: int
    now: datetime
    days: tuple[date, ...]
    sources: tuple[Source, ...]
    home: Side
    other: Side
    edges: tuple[datetime, ...]
    records: tuple[Record, ...]
    unreadable: tuple[tuple[Source, date], ...]


@dataclass(frozen=True)
class _Flow:
    """Two ends that talk to each other."""

    ends: tuple[str, str]
    ports: tuple[int, int]
    protocol: int


def build_logset(seed: int) -> LogSet:
    """Build the log set of a seed; the same seed gives the same set."""
    rng = Random(seed)  # noqa: S311  repeatable, not secret
    first_day = date(2026, 1, 1) + timedelta(rng.randrange(300))
    days = tuple(first_day + timedelta(n) for n in range(LOG_DAYS))
    home, other = build_sides(rng)
    sources = _build_sources(rng)
    edges = _build_edges(rng, days)
    records = _build_records(rng, days, sources, edges, (home, other))
    sources, records = _tell_more(seed, sources, records)
    broken = ((rng.choice(sources), rng.choice(days)),) if rng.random() < 0.15 else ()
    return LogSet(seed, _build_now(rng, days), days, sources, home, other, edges, records, broken)


def build_sides(rng: Random) -> tuple[Side, Side]:
    """Choose HOME and OTHER: one block or a network of two each, never overlapping, often touching."""
    home, far_home = _random_block(rng, "10.0"), _random_block(rng, "9.255")
    other = _next_block(home) if rng.random() < 0.3 else _random_block(rng, "10.1")
    far_other = _random_block(rng, "172.31")
    return (
        _side(rng, "home-net", home, far_home if rng.random() < 0.35 else None),
        _side(rng, "partner", other, far_other if rng.random() < 0.35 else None),
    )


def _side(rng: Random, name: str, block: IPv4Network, second: IPv4Network | None) -> Side:
    if second is not None:
        return Side(name, tuple(str(each) for each in sorted([block, second])))
    typed = str(block)
    if rng.random() < 0.2:
        typed = f"{block[rng.randrange(block.num_addresses)]}/{block.prefixlen}"
    return Side(typed, (str(block),))


def _random_block(rng: Random, start: str) -> IPv4Network:
    third = rng.choice([0, rng.randrange(256), 255])
    address = f"{start}.{third}.{rng.choice([0, rng.randrange(256), 255])}"
    return IPv4Network((address, rng.randrange(24, 31)), strict=False)


def _next_block(block: IPv4Network) -> IPv4Network:
    return IPv4Network((int(block.broadcast_address) + 1, block.prefixlen))


def border_hosts(rng: Random, block: str) -> list[str]:
    """First, last and one random address of a block, and the two that just miss it."""
    net = IPv4Network(block)
    inside = [net[0], net[-1], net[rng.randrange(net.num_addresses)]]
    return [str(each) for each in [*inside, *inside, net[0] - 1, net[-1] + 1]]


def _build_sources(rng: Random) -> tuple[Source, ...]:
    accounts = ["123456789012", "000000000042", "999999999999"]
    regions = ["eu-west-1", "us-east-1", "ap-southeast-2"]
    places = rng.sample([(a, r) for a in accounts for r in regions], rng.choice([1, 1, 2, 3]))
    return tuple(
        Source(account, region, rng.random() < 0.4, rng.random() < 0.4, _interfaces(rng))
        for account, region in places
    )


def _interfaces(rng: Random) -> tuple[str, ...]:
    return tuple(f"eni-{rng.getrandbits(68):017x}" for _ in range(rng.choice([2, 3])))


def _build_now(rng: Random, days: tuple[date, ...]) -> datetime:
    """Choose the moment of asking, on one of the last days; midnight and the second before it included."""
    second = rng.choice([0, 1, 86_399, rng.randrange(86_400), rng.randrange(86_400)])
    return _midnight(rng.choice(days[-2:])) + timedelta(seconds=second)


def _build_edges(rng: Random, days: tuple[date, ...]) -> tuple[datetime, ...]:
    """Choose moments that questions will use as `from` and `to`, and around which records start."""
    seconds = [0, 82_799, 82_800, 84_600, 86_399, 37_800, rng.randrange(86_400), rng.randrange(1440) * 60]
    chosen = {_midnight(rng.choice(days[:-1])) + timedelta(seconds=rng.choice(seconds)) for _ in range(4)}
    return tuple(sorted(chosen))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _build_records(
    rng: Random,
    days: tuple[date, ...],
    sources: tuple[Source, ...],
    edges: tuple[datetime, ...],
    sides: tuple[Side, Side],
) -> tuple[Record, ...]:
    mood = rng.choice(["busy", "busy", "busy", "busy", "refused", "quiet"])
    records: list[Record] = []
    for flow in _build_flows(rng, sides, mood):
        accepted = 0.0 if mood == "refused" else rng.choice([0.0, 0.8, 1.0])
        for _ in range(rng.randint(1, 6)):
            records += _log_flow(rng, flow, sources, _random_start(rng, days, edges), accepted)
    records += _status_records(rng, days, sources, sides)
    records = _drop_days(rng, records, days, sources) if rng.random() < 0.5 else records
    unique = list({record.identity(): record for record in records}.values())
    rng.shuffle(unique)
    return tuple(unique)


def _build_flows(rng: Random, sides: tuple[Side, Side], mood: str) -> list[_Flow]:
    """Choose who talks to whom; some pairs talk over a second protocol too, as resolvers do."""
    home, other = ([host for block in side.blocks for host in border_hosts(rng, block)] for side in sides)
    meetings = [(home, other)] * 5 + [(home, home)] * 2 + [(home, STRANGERS)] * 2
    meetings += [(other, other), (other, STRANGERS), (home, V6), (other, V6), (V6, V6)]
    flows = []
    for _ in range(rng.randint(3, 18)):
        meeting = rng.choice([(STRANGERS, STRANGERS), (V6, V6)] if mood == "quiet" else meetings)
        one, two = rng.sample([rng.choice(pool) for pool in meeting], 2)
        if one != two:
            ports, protocol = _random_service(rng, two)
            flows.append(_Flow((one, two), ports, protocol))
            flows += [_Flow((one, two), ports, UDP)] if protocol == TCP and rng.random() < 0.25 else []
    return flows


def _random_service(rng: Random, address: str) -> tuple[tuple[int, int], int]:
    kind = rng.random()
    if kind < 0.15:
        return (0, 0), (ICMPV6 if ":" in address else ICMP)
    if kind < 0.2:
        return (0, 0), GRE
    if kind < 0.4:
        return rng.choice([(123, 123), (500, 500), (53, 53)]), UDP
    protocol, port = rng.choice(SERVICES)
    return (rng.choice([40_000, 50_001, port + 1, 65_535]), port), protocol


def _random_start(rng: Random, days: tuple[date, ...], edges: tuple[datetime, ...]) -> datetime:
    if rng.random() < 0.45:
        return rng.choice(edges) + timedelta(seconds=rng.choice([-1, 0, 0, 1]))
    return _midnight(rng.choice(days)) + timedelta(seconds=rng.choice([0, 86_399, rng.randrange(86_400)]))


def _log_flow(
    rng: Random, flow: _Flow, sources: tuple[Source, ...], start: datetime, accepted: float
) -> list[Record]:
    """Log one flow at one interface, or at both its ends with the same or slightly different counters."""
    turn = rng.choice([1, 1, -1])
    (src, dst), (srcport, dstport) = flow.ends[::turn], flow.ports[::turn]
    action = "ACCEPT" if rng.random() < accepted else "REJECT"
    counters = (rng.choice([1, 2, 2, 3]), rng.choice(COUNTERS))
    second = int(start.timestamp())
    end = second + rng.choice([0, 9, 59, 600])
    source = rng.choice(sources)
    where = (_partition_day(rng, start), source.account, source.region, rng.choice(source.interfaces))
    first = Record(*where, src, dst, srcport, dstport, flow.protocol, *counters, second, end, action)
    return [first, *_log_again(rng, first, sources)]


def _log_again(rng: Random, first: Record, sources: tuple[Source, ...]) -> list[Record]:
    """Log a record at the flow's other end too, which may be another account's."""
    chance = rng.random()
    if chance >= 0.4:
        return []
    source = rng.choice(sources)
    interface = rng.choice([each for each in source.interfaces if each != first.interface])
    copy = replace(first, account=source.account, region=source.region, interface=interface)
    if chance < 0.2:
        return [copy]
    packets, size = (first.packets or 0) + rng.choice([-1, 1]), (first.bytes or 0) + rng.choice([-40, 40])
    return [replace(copy, packets=packets, bytes=size, start=first.start + 1, end=first.end + 2)]


def _partition_day(rng: Random, start: datetime) -> date:
    """Give the day of delivery: mostly the day of start, sometimes up to an hour or days away."""
    late = rng.choice([0, 0, 0, 600, 3599, 3600, 7200, 86_400 * rng.choice([-1, 1, 2])])
    return (start + timedelta(seconds=late)).date()


def _status_records(
    rng: Random, days: tuple[date, ...], sources: tuple[Source, ...], sides: tuple[Side, Side]
) -> list[Record]:
    """NODATA for every source and day, so that coverage can be full; sometimes SKIPDATA."""
    hosts = (sides[0].blocks[0].split("/")[0], sides[1].blocks[0].split("/")[0])
    rows = [_status_record(rng, source, day, "NODATA", hosts) for source in sources for day in days]
    lost = [(rng.choice(sources), rng.choice(days)) for _ in range(rng.choice([0, 0, 0, 1, 2]))]
    return rows + [_status_record(rng, source, day, "SKIPDATA", hosts) for source, day in lost]


def _status_record(rng: Random, source: Source, day: date, status: str, hosts: tuple[str, str]) -> Record:
    start = int(_midnight(day).timestamp()) + rng.randrange(86_400)
    where = (day, source.account, source.region, rng.choice(source.interfaces))
    if rng.random() < 0.25:  # seen in real logs: a status row that carries addresses and bytes
        return Record(*where, *hosts, 40_000, 443, TCP, 7, 7_777, start, start + 60, "ACCEPT", status)
    return Record(*where, *[None] * 7, start, start + 60, None, status)


def _drop_days(
    rng: Random, records: list[Record], days: tuple[date, ...], sources: tuple[Source, ...]
) -> list[Record]:
    """Remove whole days, or days of one source only: a gap."""
    gone = {(source.account, source.region, day) for source in sources for day in days if rng.random() < 0.12}
    for day in days:
        if rng.random() < 0.12:
            gone |= {(source.account, source.region, day) for source in sources}
    return [each for each in records if (each.account, each.region, each.day) not in gone]


def _tell_more(
    seed: int, sources: tuple[Source, ...], records: tuple[Record, ...]
) -> tuple[tuple[Source, ...], tuple[Record, ...]]:
    """Let half of the sources tell paths and AWS services, with dashes and junk among them."""
    rng = Random(seed + 4)  # noqa: S311  repeatable, not secret
    telling = tuple(replace(source, is_telling=rng.random() < 0.5) for source in sources)
    places = {(source.account, source.region) for source in telling if source.is_telling}
    told = (
        _tell(rng, seed, record) if (record.account, record.region) in places else record
        for record in records
    )
    return telling, tuple(told)


def _tell(rng: Random, seed: int, record: Record) -> Record:
    """Mostly what the other records between the same hosts tell."""
    ends = sorted(str(end) for end in (record.srcaddr, record.dstaddr))
    usual = Random(f"{seed} {ends}").choice([*PATHS, None])  # noqa: S311  repeatable, not secret
    path = usual if rng.random() < 0.7 else rng.choice([None, None, *PATHS, *JUNK_PATHS])
    services = [
        _choose_service(seed, end) if rng.random() < 0.8 else None for end in (record.srcaddr, record.dstaddr)
    ]
    return replace(record, traffic_path=path, src_service=services[0], dst_service=services[1])


def _choose_service(seed: int, address: str | None) -> str | None:
    return Random(f"{seed} {address}").choice([None, "S3", "EC2", "AMAZON", "<!here>"])  # noqa: S311
