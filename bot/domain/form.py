"""A question as a form gives it, for people who do not know the grammar."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.scenario import ROLES, Scenario

DAYS = (1, 3, 10, 30, 90)
DEFAULT_DAYS = 10


@dataclass(frozen=True)
class Form:
    """What is filled in: a scenario, the network that it is about, the other side, days and filters.

    `asked` and `home` are names of networks or blocks as people write them, `compare` is as the option of the
    same name; empty texts are left out.
    """

    scenario: Scenario = Scenario.PEERING
    asked: str = ""
    home: str = ""
    days: int = DEFAULT_DAYS
    port: str = ""
    protocol: str = ""
    action: str = ""
    compare: str = ""

    @property
    def scanned_days(self) -> int:
        """How many days are read: the asked ones, and as many before them to compare with."""
        return self.days * (2 if self.compare else 1)

    def write_line(self) -> str:
        """The line of the grammar that asks the same."""
        options = {
            "days": str(self.days),
            "port": self.port,
            "proto": self.protocol,
            "action": self.action,
            "compare": self.compare,
        }
        words = [f"{key}={''.join(value.split())}" for key, value in options.items() if value.strip()]
        return " ".join([self.scenario, *filter(None, self._order_sides()), *words])

    def _order_sides(self) -> tuple[str, ...]:
        roles = ROLES[self.scenario]
        home = self.home.strip() if roles.takes_home else ""
        return (home, self.asked.strip()) if roles.home_first else (self.asked.strip(), home)
