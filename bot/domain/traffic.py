"""Traffic between networks: who depends on whom, summed up from conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.networks import Network
from bot.domain.question import Action

_MOST_LINKS = 20_000
"""So many pairs of networks are told apart; what further ones moved is only counted."""

_MOST_SERVICES = 200
"""Likewise of the services of one pair."""

_CLIENT, _SERVER, _PORT, _PROTOCOL, _ACTION, _FLOWS, _BYTES = 1, 2, 3, 4, 5, 6, 8
"""Where they stand in a result's row: a day, then a Conversation's fields."""

Service = tuple[int, int]
"""A port and IANA's number of its protocol."""


@dataclass(frozen=True)
class Link:
    """What the hosts of one network asked of those of another: bytes that were accepted, flows that were not.

    `is_accepted` tells whether anything was. `services` are the ports that matter most, the largest first, of
    `service_count` in all; where anything was accepted, those that were.
    """

    client: Network
    server: Network
    is_accepted: bool
    accepted_bytes: int = 0
    rejected_flows: int = 0
    services: tuple[Service, ...] = ()
    service_count: int = 0


@dataclass(frozen=True)
class Traffic:
    """The largest links, accepted ones first; and of those that are left out, how many there are.

    `left_out_rejected` of them were only rejected; `left_out_bytes` were accepted over all of them.
    `has_more` tells that there are even more, uncounted, though their bytes are.
    """

    links: tuple[Link, ...] = ()
    left_out: int = 0
    left_out_rejected: int = 0
    left_out_bytes: int = 0
    has_more: bool = False


class _Sums:
    """One pair's sums while they grow."""

    def __init__(self) -> None:
        self.is_accepted = False
        self.accepted_bytes = 0
        self.rejected_flows = 0
        self.services: dict[Action, dict[Service, list[int]]] = {Action.ACCEPT: {}, Action.REJECT: {}}

    def add(self, action: Action, service: Service, flows: int, size: int) -> None:
        if action is Action.ACCEPT:
            self.is_accepted = True
            self.accepted_bytes += size
        else:
            self.rejected_flows += flows
        services = self.services[action]
        if service in services or len(services) < _MOST_SERVICES:
            sums = services.setdefault(service, [0, 0])
            sums[0] += size
            sums[1] += flows


class TrafficSums:
    """Sums conversations up by networks, in bounded memory; they come as in the CSV, the largest first."""

    def __init__(self, find: Callable[[str], Network], top_services: int = 2) -> None:
        self._find = find
        self._top_services = top_services
        self._sums: dict[tuple[Network, Network], _Sums] = {}
        self._other_bytes = 0
        self._has_more = False

    def add(self, row: Sequence[Any]) -> None:
        """Take a row of a result in: a day, then a Conversation's fields."""
        action = Action.ACCEPT if row[_ACTION] == Action.ACCEPT else Action.REJECT
        key = (self._find(row[_CLIENT]), self._find(row[_SERVER]))
        sums = self._sums.get(key)
        if sums is None:
            if len(self._sums) >= _MOST_LINKS:
                self._has_more = True
                self._other_bytes += row[_BYTES] if action is Action.ACCEPT else 0
                return
            sums = self._sums[key] = _Sums()
        sums.add(action, (row[_PORT], row[_PROTOCOL]), row[_FLOWS], row[_BYTES])

    def read(self, most: int) -> Traffic:
        """What was summed up, as at most so many links."""
        ranked = sorted(self._sums.items(), key=_rank)
        left_out = [sums for _, sums in ranked[most:]]
        return Traffic(
            links=tuple(self._build_link(*key, sums) for key, sums in ranked[:most]),
            left_out=len(left_out),
            left_out_rejected=sum(not sums.is_accepted for sums in left_out),
            left_out_bytes=sum(sums.accepted_bytes for sums in left_out) + self._other_bytes,
            has_more=self._has_more,
        )

    def _build_link(self, client: Network, server: Network, sums: _Sums) -> Link:
        services = sums.services[Action.ACCEPT if sums.is_accepted else Action.REJECT]
        ranked = sorted(services, key=lambda one: (*(-sum_ for sum_ in services[one]), one))
        return Link(
            client,
            server,
            sums.is_accepted,
            sums.accepted_bytes,
            sums.rejected_flows,
            tuple(ranked[: self._top_services]),
            len(services),
        )


def _rank(item: tuple[tuple[Network, Network], _Sums]) -> tuple[bool, int, int, tuple[Network, Network]]:
    """What was accepted comes first, by bytes; then what was tried most often."""
    key, sums = item
    return not sums.is_accepted, -sums.accepted_bytes, -sums.rejected_flows, key
