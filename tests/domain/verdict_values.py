"""A question about a peer over ten days, and what its scan may have found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.domain.cidr import parse_block
from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage, Gap
from bot.domain.question import Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.window import Window

DAYS = tuple(date(2026, 11, 14) + timedelta(n) for n in range(10))
FULL = Coverage(DAYS, DAYS, ok=10)
WINDOW = Window(datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
THEN, LATER = datetime(2026, 11, 20, 8, 5, 59, tzinfo=UTC), datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
PEER = Side((parse_block("10.1.0.0/16").block,))
HOME = Side((parse_block("10.0.0.0/16").block, parse_block("100.64.0.0/16").block), "vpc-a")
NAMELESS = Side(HOME.blocks)
ACCEPTED = Totals(conversations=2400, accepted=2400, accepted_until=THEN)
REJECTED = Totals(conversations=1, rejected=1, rejected_until=LATER)
BOTH = Totals(conversations=3, accepted=1, rejected=2, accepted_until=THEN, rejected_until=LATER)
UNTOLD = "It cannot be told whether it is safe to disconnect"
SKIPPED = Coverage(DAYS, DAYS, skipdata=2, skipdata_days=DAYS[4:6])


def ask(
    scenario: Scenario = Scenario.PEERING, home: Side | None = None, filters: Filters | None = None
) -> Question:
    """A question about the peer."""
    return Question(scenario, PEER, WINDOW, home, filters or Filters())


def gaps(number: int) -> tuple[Gap, ...]:
    """Gaps of so many accounts."""
    return tuple(Gap(f"{n:012}", "us-east-1", DAYS[n : n + 1]) for n in range(number))


def talk(
    client: str = "10.0.0.5",
    server: str = "10.1.0.9",
    port: int = 5432,
    action: str = "ACCEPT",
    to_client: int = 10**9,
) -> Conversation:
    """A conversation of a gigabyte and some."""
    size = 10**6 + to_client
    return Conversation(client, server, port, 6, action, 1, 1, size, 10**6, to_client, THEN, THEN)


PAIR = (talk(), talk("10.0.0.6"))
MANY = tuple(talk(f"10.0.0.{n}", f"10.1.0.{n % 2}", 5432 + n) for n in range(5))
