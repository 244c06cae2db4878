"""The rows of a view as a table: Slack's own, and one of text wherever that cannot be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tabulate import tabulate

from bot.domain.changes import Change, ChangedConversation, Comparison
from bot.domain.conversation import Conversation
from bot.domain.labels import NO_LABELS, Labels
from bot.domain.message import Block
from bot.domain.paths import name_path
from bot.domain.services import write_service
from bot.domain.view import ViewKind
from bot.domain.view_answer import DayRow, HostRow, PathRow, PortRow, ServiceRow, SubnetRow, Sums, ViewRow
from bot.domain.wording import write_bytes
from bot.render.changes import name_change, write_volume
from bot.render.plain_text import RIGHT_ALIGNED, TALKER_HEADINGS, build_cells

_TABLE_ROWS = 100
_TABLE_CHARACTERS = 9_000
_NOTHING = "-"


@dataclass(frozen=True)
class Table:
    """A table's cells as texts, none of them empty; `right` are the columns that hold numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]


@dataclass(frozen=True)
class _Form:
    headings: tuple[str, ...]
    write: Callable[[Any, Labels], tuple[str, ...]]
    right: tuple[int, ...]


def build_view_table(
    kind: ViewKind,
    rows: Sequence[ViewRow],
    comparison: Comparison | None = None,
    labels: Labels = NO_LABELS,
) -> Table:
    """As many rows as one of Slack's tables takes: the first ones, and of days the latest.

    Of changes, where `comparison` is given, equally many of each.
    """
    if comparison:
        return _build_changes_table(comparison, labels)
    form = _FORMS[kind]
    if kind is ViewKind.DAYS:
        latest = _fit(form.headings, (form.write(row, labels) for row in reversed(rows)))
        return Table(form.headings, tuple(reversed(latest)), form.right)
    cells = (form.write(row, labels) for row in rows)
    return Table(form.headings, tuple(_fit(form.headings, cells)), form.right)


def build_table_block(table: Table) -> Block:
    """The table as Slack shows it."""
    rows = [[{"type": "raw_text", "text": cell} for cell in cells] for cells in (table.headings, *table.rows)]
    return {
        "type": "table",
        "rows": rows,
        "column_settings": [{"align": side} for side in _list_alignments(table)],
    }


def render_table_text(table: Table) -> str:
    """The table as text."""
    return tabulate(
        table.rows,
        table.headings,
        tablefmt="simple",
        colalign=_list_alignments(table),
        disable_numparse=True,
    )


def _build_changes_table(comparison: Comparison, labels: Labels) -> Table:
    """The most rows of each change with which no change is left out for another's sake."""
    lists = [[_write_changed(row, comparison, labels) for row in listed.rows] for listed in comparison.lists]
    for top in range(max(map(len, lists), default=0), 0, -1):
        cells = [row for rows in lists for row in rows[:top]]
        fitting = _fit(_CHANGED, cells)
        if len(fitting) == len(cells):
            return Table(_CHANGED, tuple(fitting), _CHANGED_RIGHT)
    return Table(_CHANGED, (), _CHANGED_RIGHT)


def _write_changed(row: ChangedConversation, comparison: Comparison, labels: Labels) -> tuple[str, ...]:
    service = write_service(row.service_port, row.protocol)
    is_there, was_there = row.change is not Change.GONE, row.change is not Change.NEW
    return (
        name_change(comparison, row.change),
        labels.write_briefly(row.client),
        labels.write_briefly(row.server),
        service,
        row.action,
        write_volume(row.previous, comparison.measure) if was_there else _NOTHING,
        write_volume(row.now, comparison.measure) if is_there else _NOTHING,
        _write_time(row.first_seen),
        _write_time(row.last_seen),
    )


def _list_alignments(table: Table) -> list[str]:
    return ["right" if column in table.right else "left" for column in range(len(table.headings))]


def _fit(headings: Sequence[str], rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    fitting: list[tuple[str, ...]] = []
    size = sum(map(len, headings))
    for cells in rows:
        size += sum(map(len, cells))
        if len(fitting) == _TABLE_ROWS - 1 or size > _TABLE_CHARACTERS:
            break
        fitting.append(cells)
    return fitting


def _write_pair(row: Conversation, labels: Labels) -> tuple[str, ...]:
    client, server, service, action, size, _, flows, last_seen = build_cells(row, labels)
    return (client, server, service, action, size, flows, _write_time(row.first_seen), last_seen)


def _write_port(row: PortRow, _: Labels) -> tuple[str, ...]:
    service = write_service(row.service_port, row.protocol)
    return (service, f"{row.clients:,}", f"{row.servers:,}", *_write_sums(row.sums))


def _write_host(row: HostRow, labels: Labels) -> tuple[str, ...]:
    conversations, _, *rest = _write_sums(row.sums)
    sent, received = write_bytes(row.bytes_sent), write_bytes(row.bytes_received)
    return (labels.write_briefly(row.address), f"{row.peers:,}", conversations, sent, received, *rest)


def _write_subnet(row: SubnetRow, labels: Labels) -> tuple[str, ...]:
    networks = (labels.write_briefly(row.client_subnet), labels.write_briefly(row.server_subnet))
    return (*networks, *_write_sums(row.sums))


def _write_day(row: DayRow, _: Labels) -> tuple[str, ...]:
    if not row.is_logged:
        return (str(row.day), "no logs", *[_NOTHING] * 4)
    return (str(row.day), *_write_sums(row.sums))


def _write_path(row: PathRow, _: Labels) -> tuple[str, ...]:
    return (name_path(row), *_write_sums(row.sums))


def _write_aws_service(row: ServiceRow, _: Labels) -> tuple[str, ...]:
    return (row.service, f"{row.hosts:,}", f"{row.peers:,}", *_write_sums(row.sums))


def _write_sums(sums: Sums) -> tuple[str, ...]:
    counts = (f"{sums.packets:,}", f"{sums.flows:,}")
    return (f"{sums.conversations:,}", write_bytes(sums.bytes), *counts, _write_time(sums.last_seen))


def _write_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else _NOTHING


_SUMS = ("Conversations", "Bytes", "Packets", "Flows", "Last seen (UTC)")
_PAIR = ("Client", "Server", "Service", "Action", "Bytes", "Flows", "First seen (UTC)", "Last seen (UTC)")
_HOST = (
    "Host",
    "Peers",
    "Conversations",
    "Bytes sent",
    "Bytes received",
    "Packets",
    "Flows",
    "Last seen (UTC)",
)
_CHANGED = (
    "Change",
    "Client",
    "Server",
    "Service",
    "Action",
    "Before",
    "Now",
    "First seen (UTC)",
    "Last seen (UTC)",
)
_CHANGED_RIGHT = (5, 6)
_FORMS: dict[ViewKind, _Form] = {
    ViewKind.TALKERS: _Form(TALKER_HEADINGS, build_cells, RIGHT_ALIGNED),
    ViewKind.PAIR: _Form(_PAIR, _write_pair, (4, 5)),
    ViewKind.PORTS: _Form(("Service", "Clients", "Servers", *_SUMS), _write_port, (1, 2, 3, 4, 5, 6)),
    ViewKind.HOSTS_ASKED: _Form(_HOST, _write_host, (1, 2, 3, 4, 5, 6)),
    ViewKind.HOSTS_OTHER: _Form(_HOST, _write_host, (1, 2, 3, 4, 5, 6)),
    ViewKind.SUBNETS: _Form(("Clients' network", "Servers' network", *_SUMS), _write_subnet, (2, 3, 4, 5)),
    ViewKind.PATHS: _Form(("Path", *_SUMS), _write_path, (1, 2, 3, 4)),
    ViewKind.SERVICES: _Form(
        ("AWS service", "Addresses", "Peers", *_SUMS), _write_aws_service, (1, 2, 3, 4, 5, 6)
    ),
    ViewKind.DAYS: _Form(("Day", *_SUMS), _write_day, (1, 2, 3, 4)),
}
