"""The rows of reports, from what the engine gives to the values they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from bot.domain.changes import Change, ChangedConversation, ChangeList, Volume
from bot.domain.conversation import Conversation
from bot.domain.view import SUBNET_PREFIX, ViewKind
from bot.domain.view_answer import DayRow, HostRow, PathRow, PortRow, ServiceRow, SubnetRow, Sums, ViewRow

Row = Sequence[Any]


def read_day(text: str) -> date:
    """A partition's day."""
    return datetime.strptime(text, "%Y/%m/%d").replace(tzinfo=UTC).date()


def read_moment(seconds: int | None) -> datetime:
    """A record's own second; the readers let none pass that has no times."""
    return datetime.fromtimestamp(seconds or 0, UTC)


def read_conversation(row: Row) -> Conversation:
    """A row of the talkers."""
    return Conversation(*row[:10], *map(read_moment, row[10:12]))


def read_sums(row: Row) -> Sums:
    """The six columns that end every other report; a sum over nothing is NULL."""
    conversations, flows, packets, size, first_seen, last_seen = row
    return Sums(
        conversations=int(conversations or 0),
        flows=int(flows or 0),
        packets=int(packets or 0),
        bytes=int(size or 0),
        first_seen=None if first_seen is None else read_moment(first_seen),
        last_seen=None if last_seen is None else read_moment(last_seen),
    )


def read_changes(rows: Iterable[Row]) -> list[ChangeList]:
    """The lists of changes: a row each conversation, with the sums of its list behind it."""
    return [_read_list(Change(change), list(changed)) for change, changed in groupby(rows, key=itemgetter(0))]


def _read_list(change: Change, rows: Sequence[Row]) -> ChangeList:
    conversations, *sums = map(int, rows[0][14:])
    return ChangeList(
        change, conversations, Volume(*sums[:3]), Volume(*sums[3:]), [_read_changed(row) for row in rows]
    )


def _read_changed(row: Row) -> ChangedConversation:
    change, client, server, service_port, protocol, action = row[:6]
    return ChangedConversation(
        change=Change(change),
        client=client,
        server=server,
        service_port=service_port,
        protocol=protocol,
        action=action,
        now=Volume(*map(int, row[6:9])),
        previous=Volume(*map(int, row[9:12])),
        first_seen=read_moment(row[12]),
        last_seen=read_moment(row[13]),
    )


def _read_port(row: Row) -> PortRow:
    service_port, protocol, clients, servers, *sums = row
    return PortRow(service_port, protocol, clients, servers, read_sums(sums))


def _read_host(row: Row) -> HostRow:
    address, peers, sent, received, *sums = row
    return HostRow(address, peers, int(sent), int(received), read_sums(sums))


def _read_subnet(row: Row) -> SubnetRow:
    client, server, clients, servers, *sums = row
    return SubnetRow(_name_subnet(client), _name_subnet(server), clients, servers, read_sums(sums))


def _name_subnet(text: str) -> str:
    return f"{text}0/{SUBNET_PREFIX}" if text.endswith(".") else text


def _read_day_row(row: Row) -> DayRow:
    return DayRow(read_day(row[0]), read_sums(row[1:]))


def _read_path(row: Row) -> PathRow:
    lowest, highest, peering, *sums = row
    return PathRow(lowest, highest, peering, read_sums(sums))


def _read_service(row: Row) -> ServiceRow:
    service, hosts, peers, *sums = row
    return ServiceRow(service, hosts, peers, read_sums(sums))


ROW_READERS: dict[ViewKind, Callable[[Row], ViewRow]] = {
    ViewKind.TALKERS: read_conversation,
    ViewKind.PAIR: read_conversation,
    ViewKind.PORTS: _read_port,
    ViewKind.HOSTS_ASKED: _read_host,
    ViewKind.HOSTS_OTHER: _read_host,
    ViewKind.SUBNETS: _read_subnet,
    ViewKind.DAYS: _read_day_row,
    ViewKind.PATHS: _read_path,
    ViewKind.SERVICES: _read_service,
}
"""What a row of a view's report is."""
