"""What a network is depended on for: its services, and those it uses, with who is at the other end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.question import Action


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
