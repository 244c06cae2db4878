"""What a view of a finished scan says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class PathRow:
    """A way out of the network interfaces, by AWS's numbers of `traffic-path`; None where no record tells.

    Where conversations took several, there are the lowest and the highest of the numbers, and that of a VPC
    peering if any is one.
    """

    lowest_path: int | None
    highest_path: int | None
    peering_path: int | None
    sums: Sums

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers that are known, in order."""
        found = {self.lowest_path, self.highest_path, self.peering_path}
        return tuple(sorted(number for number in found if number is not None))


@dataclass(frozen=True)
class ServiceRow:
    """An AWS service, how many addresses of it were seen, and how many hosts talked with them."""

    service: str
    hosts: int
    peers: int
    sums: Sums


ViewRow = Conversation | PortRow | HostRow | SubnetRow | DayRow | PathRow | ServiceRow | ChangedConversation


@dataclass(frozen=True)
class Choices:
    """What a further view can be narrowed to: the largest ports, hosts of either side, and pairs of hosts.

    `has_paths` and `has_services` tell whether the logs name any path, or AWS service, of what it keeps.
    """

    ports: tuple[PortRow, ...] = ()
    asked_hosts: tuple[HostRow, ...] = ()
    other_hosts: tuple[HostRow, ...] = ()
    pairs: tuple[tuple[Address, Address], ...] = ()
    has_paths: bool = False
    has_services: bool = False


@dataclass(frozen=True)
class ViewAnswer:
    """A view of the finished scan of a question.

    `sums` are those of the conversations that the view keeps, `known` counts the conversations that the
    result holds and `totals` those that the scan found: where it is `truncated`, the smaller ones are missing
    from every number but `totals`. `conflict` names what the view asks for and the scan had left out.
    `comparison` is there where the view is of changes, whose conversations are its `rows`. `services` are the
    AWS services of addresses that are shown, where the logs name one.
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
    services: Mapping[str, str] = field(default_factory=dict)


def fill_days(rows: Iterable[DayRow], coverage: Coverage) -> list[DayRow]:
    """A row for every asked day, in order, whether anything was seen on it or not."""
    seen = {row.day: row for row in rows}
    silent = {day: DayRow(day, is_logged=day in coverage.days_present) for day in coverage.days_asked}
    return [(silent | seen)[day] for day in sorted(silent | seen)]
