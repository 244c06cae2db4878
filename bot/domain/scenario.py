"""The five questions that a person can ask of the flow logs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DISCONNECT, DISCONNECT_DAYS = "disconnect", 30
"""The word that asks whether a peer can be disconnected, and over how many days it looks."""


class Scenario(StrEnum):
    """A question by the word that asks it."""

    EXTERNAL = "external"
    PEERING = "peering"
    INADVERTENT = "inadvertent"
    INTERNAL = "internal"
    INCOMING = "incoming"


@dataclass(frozen=True)
class Roles:
    """What the blocks of a scenario stand for.

    `asked` is the role of the block that must be named (home, peer, other, from); `home_first` tells
    that the form with two blocks names the home network before it, as in `peering HOME PEER`.
    """

    asked: str
    takes_home: bool
    home_first: bool = False


ROLES: dict[Scenario, Roles] = {
    Scenario.EXTERNAL: Roles("home", takes_home=False),
    Scenario.PEERING: Roles("peer", takes_home=True, home_first=True),
    Scenario.INADVERTENT: Roles("other", takes_home=True),
    Scenario.INTERNAL: Roles("home", takes_home=False),
    Scenario.INCOMING: Roles("from", takes_home=True),
}
