"""What a network is depended on for: its services, and those it uses, with who is at the other end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage
from bot.domain.doubts import list_missing
from bot.domain.question import Action, Question
from bot.domain.totals import Totals
from bot.domain.verdict import describe_filters


@dataclass(frozen=True)
class Dependency:
    """One service that accepted traffic reached: its server and port, its clients, and how much of it."""

    server: str
    service_port: int
    protocol: int
    clients: tuple[str, ...]
    bytes: int
    last_seen: datetime


def find_dependencies(talkers: Iterable[Conversation]) -> list[Dependency]:
    """The services of the accepted conversations, the largest first."""
    by_service: dict[tuple[str, int, int], list[Conversation]] = defaultdict(list)
    for talker in talkers:
        if talker.action == Action.ACCEPT:
            by_service[talker.server, talker.service_port, talker.protocol].append(talker)
    found = [_sum_up(talkers) for talkers in by_service.values()]
    return sorted(found, key=lambda one: (-one.bytes, one.server, one.service_port, one.protocol))


def doubt_dependencies(
    question: Question, talkers: Sequence[Conversation], totals: Totals, coverage: Coverage
) -> str:
    """Why services may be missing among those found in `talkers`, as a sentence; empty where none is."""
    known = sum(talker.action == Action.ACCEPT for talker in talkers)
    reasons = []
    if part := describe_filters(question.filters):
        reasons.append(f"only traffic {part} was asked about")
    if known < totals.accepted:
        reasons.append(f"they are of {known:,} of {totals.accepted:,} accepted conversations")
    if missing := list_missing(coverage):
        reasons.append(missing)
    return f"Others may be missing: {'; '.join(reasons)}." if reasons else ""


def _sum_up(talkers: list[Conversation]) -> Dependency:
    one = talkers[0]
    return Dependency(
        one.server,
        one.service_port,
        one.protocol,
        tuple(sorted({talker.client for talker in talkers})),
        sum(talker.bytes for talker in talkers),
        max(talker.last_seen for talker in talkers),
    )
