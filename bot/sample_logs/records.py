"""Flow log records of one day, as VPC-A's interfaces write them."""

import datetime as dt
import random
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from bot.sample_logs.connections import DAY_S, Connection, Direction, draw_connections
from bot.sample_logs.network import ACCOUNT_ID, INTERFACE_OF, INTERFACES, Interface
from bot.sample_logs.story import GAPS, HABITS, TCP, Action, Gap

STATUS_INTERVAL_S = 600
LOST_SHARE = 0.6

FIN, SYN, ACK = 1, 2, 16


class Record(NamedTuple):
    """One record: the default fields after the version, in AWS's order and names, then the TCP flags seen.

    `start` and `end` are Unix seconds. What a NODATA or SKIPDATA record cannot know is None.
    """

    account_id: str
    interface_id: str
    srcaddr: str | None
    dstaddr: str | None
    srcport: int | None
    dstport: int | None
    protocol: int | None
    packets: int | None
    bytes: int | None
    start: int
    end: int
    action: Action | None
    log_status: str
    tcp_flags: int | None


class _Packets(NamedTuple):
    """One direction of a connection, as addressed on the wire."""

    srcaddr: str
    dstaddr: str
    srcport: int
    dstport: int
    direction: Direction
    opening_flags: int


def build_day_records(day: dt.date, today: dt.date, seed: int, scale: float) -> list[Record]:
    """Build every record of a UTC day, ordered by their end; none reaches into the next day.

    `today` is the last day of the story: habits that stopped and lost records are placed relative to it.
    """
    days_ago = (today - day).days
    midnight = int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())
    records = [
        record
        for habit in HABITS
        if days_ago >= habit.stopped_days_ago
        for connection in draw_connections(habit, day, seed, scale)
        for record in _build_connection_records(connection, midnight)
    ]
    records += _build_nodata(records, midnight)
    for gap in GAPS:
        if gap.days_ago == days_ago:
            records = _lose_records(records, gap, midnight, random.Random(f"{seed} {gap}"))  # noqa: S311 - to repeat
    return sorted(records, key=attrgetter("end"))


def _build_connection_records(connection: Connection, midnight: int) -> Iterator[Record]:
    """Build what each logged end sees of both directions; a rejected packet is never answered."""
    it = connection
    request = _Packets(it.client, it.server, it.client_port, it.server_port, it.to_server, SYN)
    reply = _Packets(it.server, it.client, it.server_port, it.client_port, it.to_client, SYN | ACK)
    for interface in (INTERFACE_OF.get(it.client), INTERFACE_OF.get(it.server)):
        if interface is not None:
            yield from _build_direction_records(connection, request, interface, midnight)
            if it.action == "ACCEPT":
                yield from _build_direction_records(connection, reply, interface, midnight)


def _build_direction_records(
    connection: Connection, way: _Packets, interface: Interface, midnight: int
) -> Iterator[Record]:
    """Build one interface's records of one direction; their packets and bytes add up to the direction's."""
    packets, sent_bytes = way.direction.packets, way.direction.sent_bytes
    for start_s, next_s, before, after in _cut(connection, packets, interface.interval_s):
        yield Record(
            ACCOUNT_ID, interface.interface_id,
            way.srcaddr, way.dstaddr, way.srcport, way.dstport, connection.protocol,
            after - before, sent_bytes * after // packets - sent_bytes * before // packets,
            midnight + start_s, midnight + next_s - 1, connection.action, "OK",
            _choose_flags(connection, way, first=before == 0, last=after == packets),
        )  # fmt: skip


def _cut(connection: Connection, packets: int, interval_s: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut a connection along the aggregation intervals: since, until, packets sent by then and by then."""
    duration_s = connection.end_s + 1 - connection.start_s
    start_s, sent = connection.start_s, 0
    while sent < packets:
        next_s = min(start_s - start_s % interval_s + interval_s, connection.end_s + 1)
        now_sent = -(-packets * (next_s - connection.start_s) // duration_s)
        if now_sent > sent:
            yield start_s, next_s, sent, now_sent
        start_s, sent = next_s, now_sent


def _choose_flags(connection: Connection, way: _Packets, *, first: bool, last: bool) -> int:
    if connection.protocol != TCP:
        return 0
    if connection.action == "REJECT":
        return SYN  # every packet is another try
    return (way.opening_flags if first else 0) | (FIN if last else 0)


def _build_nodata(records: list[Record], midnight: int) -> Iterator[Record]:
    """Build a NODATA record for each interval in which an interface saw nothing."""
    busy = {
        (record.interface_id, interval)
        for record in records
        for interval in range(record.start // STATUS_INTERVAL_S, record.end // STATUS_INTERVAL_S + 1)
    }
    for interface in INTERFACES:
        for start in range(midnight, midnight + DAY_S, STATUS_INTERVAL_S):
            if (interface.interface_id, start // STATUS_INTERVAL_S) not in busy:
                yield _build_status_record(interface, start, "NODATA")


def _lose_records(records: list[Record], gap: Gap, midnight: int, rng: random.Random) -> list[Record]:
    """Lose a share of an interface's records in the hours of the gap and say so with SKIPDATA."""
    interface = INTERFACE_OF[gap.address]
    since, until = midnight + gap.since_hour * 3600, midnight + gap.until_hour * 3600
    kept = [
        record
        for record in records
        if record.interface_id != interface.interface_id
        or not since <= record.start < until
        or (record.log_status == "OK" and rng.random() >= LOST_SHARE)
    ]
    starts = range(since, until, STATUS_INTERVAL_S)
    return kept + [_build_status_record(interface, start, "SKIPDATA") for start in starts]


def _build_status_record(interface: Interface, start: int, log_status: str) -> Record:
    unknown = (None,) * 7
    end = start + STATUS_INTERVAL_S - 1
    return Record(ACCOUNT_ID, interface.interface_id, *unknown, start, end, None, log_status, None)
