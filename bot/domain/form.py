"""A question as a form gives it, for people who do not know the grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.domain.scenario import DISCONNECT, DISCONNECT_DAYS, ROLES, Scenario

DAYS = (1, 3, 10, 30, 90)
DEFAULT_DAYS = 10


@dataclass(frozen=True)
class Form:
    """What is filled in: a question, the network that it is about, the other side, days and filters.

    `is_disconnect` asks whether a peer can be disconnected. `asked` and `home` are names of networks or
    blocks as people write them, `asked_block` is typed instead of `asked`. `since` and `until` are the first
    and the last day in UTC, as `2026-11-20`, instead of `days`. `compare` is as the option of the same name;
    empty texts are left out.
    """

    scenario: Scenario = Scenario.PEERING
    is_disconnect: bool = False
    asked: str = ""
    asked_block: str = ""
    home: str = ""
    days: int = DEFAULT_DAYS
    since: str = ""
    until: str = ""
    port: str = ""
    protocol: str = ""
    action: str = ""
    compare: str = ""

    @property
    def verb(self) -> str:
        """The grammar's word for what is asked."""
        return DISCONNECT if self.is_disconnect else self.scenario.value

    def list_ports(self) -> list[str]:
        """The ports as they are typed, in lower case."""
        return [port for port in re.split(r"[\s,;]+", self.port.lower()) if port]

    def write_line(self) -> str:
        """The line of the grammar that asks the same."""
        options = {
            "days": "" if self.since else str(self.days),
            "from": self.since,
            "to": self.until,
            "port": ",".join(self.list_ports()),
            "proto": self.protocol,
            "action": self.action,
            "compare": self.compare,
        }
        words = [f"{key}={value}" for key, value in options.items() if value]
        return " ".join([self.verb, *filter(None, self._order_sides()), *words])

    def _order_sides(self) -> tuple[str, ...]:
        roles = ROLES[self.scenario]
        home = self.home.strip() if roles.takes_home else ""
        asked = self.asked_block.strip() or self.asked.strip()
        return (home, asked) if roles.home_first else (asked, home)


def begin_disconnect(peer: str = "") -> Form:
    """A form that asks whether a network can be disconnected, over as many days as the command does."""
    return Form(is_disconnect=True, asked=peer, days=DISCONNECT_DAYS)


def choose(verb: str, form: Form) -> Form:
    """The form after another question was chosen: days that nobody chose become those usual for it."""
    is_disconnect = verb == DISCONNECT
    usual, other = (DISCONNECT_DAYS, DEFAULT_DAYS) if is_disconnect else (DEFAULT_DAYS, DISCONNECT_DAYS)
    return replace(
        form,
        scenario=Scenario.PEERING if is_disconnect else Scenario(verb),
        is_disconnect=is_disconnect,
        days=usual if form.days == other and form.is_disconnect != is_disconnect else form.days,
    )
