"""What a view of a finished scan says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.address import Address
from bot.domain.changes import ChangedConversation, Comparison
from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage
from bot.domain.question import Question
from bot.domain.totals import Totals
from bot.domain.view import View


@dataclass(frozen=True)
class Sums:
    """Sums over conversations; `bytes` and the others count both directions, times are UTC.

    The times are None where there is no conversation.
    """

    conversations: int = 0
    flows: int = 0
    packets: int = 0
    bytes: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True)
class PortRow:
    """One service port of a protocol (IANA's number), and how many hosts are at either end of it."""

    service_port: int
    protocol: int
    clients: int
    servers: int
    sums: Sums


@dataclass(frozen=True)
class HostRow:
    """One host, and how many others it talked with. A conversation counts for each of its two hosts."""

    address: str
    peers: int
    bytes_sent: int
    bytes_received: int
    sums: Sums


@dataclass(frozen=True)
class SubnetRow:
    """The /24 networks of clients and of servers; an IPv6 address stands for itself."""

    client_subnet: str
    server_subnet: str
    clients: int
    servers: int
    sums: Sums


@dataclass(frozen=True)
class DayRow:
    """One day of delivery. `is_logged` is False where the logs hold no record of it at all."""

    day: date
    sums: Sums = Sums()
    is_logged: bool = True


ViewRow = Conversation | PortRow | HostRow | SubnetRow | DayRow | ChangedConversation


@dataclass(frozen=True)
class Choices:
    """What a further view can be narrowed to: the largest ports, hosts of either side, and pairs of hosts."""

    ports: tuple[PortRow, ...] = ()
    asked_hosts: tuple[HostRow, ...] = ()
    other_hosts: tuple[HostRow, ...] = ()
    pairs: tuple[tuple[Address, Address], ...] = ()


@dataclass(frozen=True)
class ViewAnswer:
    """A view of the finished scan of a question.

    `sums` are those of the conversations that the view keeps, `known` counts the conversations that the
    result holds and `totals` those that the scan found: where it is `truncated`, the smaller ones are missing
    from every number but `totals`. `conflict` names what the view asks for and the scan had left out.
    `comparison` is there where the view is of changes, whose conversations are its `rows`.
    """

    question: Question
    view: View
    rows: Sequence[ViewRow]
    sums: Sums
    known: int
    totals: Totals
    truncated: bool
    coverage: Coverage
    choices: Choices
    conflict: str = ""
    comparison: Comparison | None = None


def fill_days(rows: Iterable[DayRow], coverage: Coverage) -> list[DayRow]:
    """A row for every asked day, in order, whether anything was seen on it or not."""
    seen = {row.day: row for row in rows}
    silent = {day: DayRow(day, is_logged=day in coverage.days_present) for day in coverage.days_asked}
    return [(silent | seen)[day] for day in sorted(silent | seen)]
