"""What `vpccidr ask` must answer, computed from records one by one in plain Python.

Written from the design alone; it shares no code, no SQL and no library with the product. Slow, and plain
enough to be checked by eye.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from tests.oracle.logset import Record
    from tests.oracle.question import Question


COLUMNS = [
    *("day", "client", "server", "service_port", "protocol", "action", "flows", "packets", "bytes"),
    *("bytes_to_server", "bytes_to_client", "first_seen", "last_seen"),
]
FLOWS, PACKETS, BYTES = range(3)


@dataclass(frozen=True, order=True)
class Conversation:
    """Who talked to whom about what; its order is the one that breaks ties."""

    client: str
    server: str
    service_port: int
    protocol: int
    action: str


@dataclass
class Tally:
    """The sums of one conversation: flows, packets and bytes of each direction."""

    to_server: list[int] = field(default_factory=lambda: [0, 0, 0])
    to_client: list[int] = field(default_factory=lambda: [0, 0, 0])
    first_seen: int = 2**62
    last_seen: int = 0
    paths: set[int] = field(default_factory=set)
    client_services: set[str] = field(default_factory=set)
    server_services: set[str] = field(default_factory=set)

    def total(self, counter: int) -> int:
        """Sum one counter over both directions."""
        return self.to_server[counter] + self.to_client[counter]

    def see(self, first: int, last: int) -> None:
        """Widen the time in which the conversation was seen."""
        self.first_seen, self.last_seen = min(self.first_seen, first), max(self.last_seen, last)

    def hear(self, record: Record, *, to_server: bool) -> None:
        """Note what a record tells of its way out, and of the AWS services at its ends."""
        if record.traffic_path and re.fullmatch("[1-9]|[1-5][0-9]|6[0-2]", record.traffic_path):
            self.paths.add(int(record.traffic_path))
        ends = (self.client_services, self.server_services)
        source, target = ends if to_server else reversed(ends)
        source |= {record.src_service} - {None}
        target |= {record.dst_service} - {None}

    @property
    def way(self) -> tuple[int | None, int | None, int | None]:
        """The lowest and the highest number of its paths, and that of a VPC peering."""
        peerings = self.paths & {4, 5}
        return min(self.paths, default=None), max(self.paths, default=None), max(peerings, default=None)


def matches(scenario: str, sides: Sequence[Sequence[str]], srcaddr: str, dstaddr: str) -> bool:
    """Whether a row between two addresses belongs to a scenario; sides are the arguments' blocks."""
    src = [is_inside(srcaddr, blocks) for blocks in sides]
    dst = [is_inside(dstaddr, blocks) for blocks in sides]
    if scenario == "external":
        return src[0] != dst[0]
    if scenario == "internal":
        return src[0] and dst[0]
    if scenario == "incoming":
        return src[0] and (len(sides) == 1 or dst[1])
    if len(sides) == 1:
        return src[0] or dst[0]
    return (src[0] and dst[1]) or (src[1] and dst[0])


def is_inside(address: str, blocks: Sequence[str]) -> bool:
    """Whether an address is in one of the blocks; an IPv6 address is in no IPv4 block."""
    return any(ip_address(address) in ip_network(block) for block in blocks)


def answer(
    records: Iterable[Record], question: Question, unreadable_days: Collection[date] = ()
) -> dict[str, Any]:
    """Give the object that `--json` must print, without what it says of cost and in words."""
    records = list(records)
    chosen = select_records(records, question)
    shown = [each for each in chosen if question.action in (None, each.action)]
    talkers = sum_window(tally_days(shown))
    coverage = count_coverage(records, question)
    return {
        "scenario": question.scenario,
        "blocks": question.blocks,
        "window": _render_window(question),
        "coverage": coverage,
        "totals": _sum_totals(talkers),
        "truncated": False,
        "verdict": {"code": judge(chosen, records, question, unreadable_days)},
        "talkers": _rank(talkers, question),
        **({"paths": paths} if (paths := _sum_paths(talkers, question)) else {}),
    }


def csv_text(records: Iterable[Record], question: Question) -> str:
    """Give the CSV file: a row for each day and conversation, largest first."""
    shown = [each for each in select_records(records, question) if question.action in (None, each.action)]
    tallies = tally_days(shown)
    order = sorted(tallies, key=lambda key: (-tallies[key].total(BYTES), *key))
    rows = [[str(day), *_render_row(talk, tallies[day, talk]).values()] for day, talk in order]
    return "".join(",".join(map(str, row)) + "\n" for row in [COLUMNS, *rows])


def select_records(records: Iterable[Record], question: Question) -> list[Record]:
    """Pick the records of the window that match the question, whatever their action."""
    window = question.window
    first, last = window.since.timestamp(), window.until.timestamp()
    sides = [side.blocks for side in question.sides]
    return [
        each
        for each in records
        if each.status == "OK"
        and each.day in window.opened_days
        and (not window.by_start or first <= each.start < last)
        and matches(question.scenario, sides, each.srcaddr or "", each.dstaddr or "")
        and _passes(each, question)
    ]


def _passes(record: Record, question: Question) -> bool:
    talk, _ = conversation_of(record)
    return question.port in (None, talk.service_port) and question.protocol in (None, talk.protocol)


def conversation_of(record: Record) -> tuple[Conversation, bool]:
    """Give a record's conversation, and whether the record goes towards the server."""
    source = (record.srcport, record.srcaddr)
    target = (record.dstport, record.dstaddr)
    (port, server), (_, client) = sorted([source, target])
    talk = Conversation(client, server, port, record.protocol, record.action)
    return talk, record.dstaddr == server


def tally_days(records: Iterable[Record]) -> dict[tuple[date, Conversation], Tally]:
    """Sum each day's conversations per interface and direction, and keep the largest interface's sums."""
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    days: defaultdict[tuple[date, Conversation], Tally] = defaultdict(Tally)
    for record in records:
        talk, to_server = conversation_of(record)
        counted = sums[record.day, talk, to_server, record.interface]
        counted[:] = [a + b for a, b in zip(counted, (1, record.packets, record.bytes), strict=True)]
        days[record.day, talk].see(record.start, record.end)
        days[record.day, talk].hear(record, to_server=to_server)
    for (day, talk, to_server, _), counted in sums.items():
        direction = days[day, talk].to_server if to_server else days[day, talk].to_client
        direction[:] = map(max, direction, counted)
    return dict(days)


def sum_window(days: dict[tuple[date, Conversation], Tally]) -> dict[Conversation, Tally]:
    """Add up the days of each conversation."""
    window: defaultdict[Conversation, Tally] = defaultdict(Tally)
    for (_, talk), day in days.items():
        whole = window[talk]
        whole.to_server = [a + b for a, b in zip(whole.to_server, day.to_server, strict=True)]
        whole.to_client = [a + b for a, b in zip(whole.to_client, day.to_client, strict=True)]
        whole.see(day.first_seen, day.last_seen)
        whole.paths |= day.paths
        whole.client_services |= day.client_services
        whole.server_services |= day.server_services
    return dict(window)


def count_coverage(records: Iterable[Record], question: Question) -> dict[str, int]:
    """Count every record of the asked days' partitions by its status."""
    asked = question.window.asked_days
    found = [each for each in records if each.day in asked]
    status = Counter(each.status for each in found)
    days = {"days_asked": len(asked), "days_present": len({each.day for each in found})}
    return {**days, "ok": status["OK"], "nodata": status["NODATA"], "skipdata": status["SKIPDATA"]}


def count_witnesses(
    records: Iterable[Record], question: Question
) -> dict[tuple[date, str, str, str], tuple[int, int, int]]:
    """Count, by day, account, region and status, all records of the opened days, the witnesses and accepted ones.

    A witness is a record of traffic that names an address of a side; with one side alone, where another could
    have been named, the logs are presumed to be one VPC's, and every record of traffic is a witness.
    """
    counts: defaultdict[tuple[date, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in records:
        if each.day in question.window.opened_days:
            witness = each.status == "OK" and is_witness(each, question)
            counted = (True, witness, witness and each.action == "ACCEPT")
            key = (each.day, each.account, each.region, each.status)
            counts[key] = [a + b for a, b in zip(counts[key], counted, strict=True)]
    return {key: (found, witnesses, accepted) for key, (found, witnesses, accepted) in counts.items()}


def is_witness(record: Record, question: Question) -> bool:
    """Whether a record of traffic shows that the logs are of a network that was asked about."""
    if question.scenario in ("peering", "inadvertent", "incoming") and len(question.sides) == 1:
        return True
    ends = (record.srcaddr or "", record.dstaddr or "")
    return any(is_inside(end, side.blocks) for end in ends for side in question.sides)


def judge(
    chosen: list[Record], records: list[Record], question: Question, unreadable_days: Collection[date]
) -> str:
    """Give the verdict's code; silence proves something only where nothing is missing."""
    actions = {each.action for each in chosen}
    if "ACCEPT" in actions:
        return "in_use"
    if "REJECT" in actions:
        return "attempts_only"
    coverage = count_coverage(records, question)
    broken = any(day in question.window.opened_days for day in unreadable_days)
    window = question.window
    early = window.by_start and window.until + timedelta(hours=1) > question.now
    full = coverage["days_present"] == coverage["days_asked"] and not coverage["skipdata"] and not early
    return "unused" if full and not broken and not has_gap(records, question) else "unknown"


def has_gap(records: Iterable[Record], question: Question) -> bool:
    """Whether an account and region has records on some of the asked days, but not on all."""
    asked = question.window.asked_days
    seen: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    for record in records:
        if record.day in asked:
            seen[record.account, record.region].add(record.day)
    return any(len(days) < len(asked) for days in seen.values())


def _sum_totals(talkers: dict[Conversation, Tally]) -> dict[str, int]:
    sums = [sum(tally.total(counter) for tally in talkers.values()) for counter in range(3)]
    return dict(zip(("conversations", "flows", "packets", "bytes"), [len(talkers), *sums], strict=True))


def _sum_paths(talkers: dict[Conversation, Tally], question: Question) -> list[dict[str, Any]]:
    """Sum the conversations of each way out, the largest first; nothing where no record tells one."""
    ways: defaultdict[Any, list[Tally]] = defaultdict(list)
    for tally in talkers.values():
        ways[tally.way].append(tally)
    if not any(way[0] for way in ways):
        return []
    measure = ("flows", "packets", "bytes").index(question.by)
    order = sorted(ways, key=lambda way: (-sum(tally.total(measure) for tally in ways[way]), order_way(way)))
    names = ("lowest_path", "highest_path", "peering_path", "conversations", "flows", "packets", "bytes")
    sums = {way: [sum(tally.total(counter) for tally in ways[way]) for counter in range(3)] for way in order}
    return [dict(zip(names, (*way, len(ways[way]), *sums[way]), strict=True)) for way in order]


def order_way(way: tuple[int | None, ...]) -> list[float]:
    """Break ties between ways: by their numbers, what is not known last."""
    return [float("inf") if number is None else number for number in way]


def _rank(talkers: dict[Conversation, Tally], question: Question) -> list[dict[str, Any]]:
    measure = ("flows", "packets", "bytes").index(question.by)
    order = sorted(talkers, key=lambda talk: (-talkers[talk].total(measure), talk))
    return [_render_row(talk, talkers[talk]) for talk in order[: question.top]]


def _render_row(talk: Conversation, tally: Tally) -> dict[str, Any]:
    values = [
        *(talk.client, talk.server, talk.service_port, talk.protocol, talk.action),
        *(tally.total(FLOWS), tally.total(PACKETS), tally.total(BYTES)),
        *(tally.to_server[BYTES], tally.to_client[BYTES]),
        *(render_time(tally.first_seen), render_time(tally.last_seen)),
    ]
    return dict(zip(COLUMNS[1:], values, strict=True))


def _render_window(question: Question) -> dict[str, Any]:
    since, until = question.window.since.timestamp(), question.window.until.timestamp()
    days = len(question.window.asked_days)
    return {"since": render_time(since), "until": render_time(until), "days": days}


def render_time(seconds: float) -> str:
    """Render Unix seconds as ISO 8601 UTC with a Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
