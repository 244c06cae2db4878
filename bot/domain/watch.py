"""A watch: a question asked again and again, and what is news about its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage
from bot.domain.schedule import Schedule
from bot.domain.services import write_service
from bot.domain.totals import Totals
from bot.domain.verdict import Code
from bot.domain.window import LATENESS
from bot.domain.wording import count

FAILED = "failed"
REMEMBERED = 5_000
"""How many conversations a watch remembers, the latest seen."""
_SHOWN = 5

Seen = tuple[str, str, int, int, str]
"""Client, server, service port, protocol, action."""


@dataclass(frozen=True)
class Memory:
    """What a watch found last: the verdict's code (or `failed`, or empty before the first look), and whom."""

    verdict: str = ""
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Watch:
    """A question, when it is asked, and for whom. `line` is the question in the grammar.

    With `is_report` every look is told, and else only news. `next_at` is UTC. With `silent_days` above 0 it
    ends when nothing was accepted for so many days.
    """

    id: str
    user_id: str
    channel: str
    line: str
    schedule: Schedule
    time_zone: str
    next_at: datetime
    thread_ts: str = ""
    is_report: bool = False
    is_paused: bool = False
    memory: Memory = field(default=Memory())
    silent_days: int = 0


def find_news(
    memory: Memory, verdict: Code, talkers: Sequence[Conversation], *, is_report: bool = False
) -> tuple[str, ...]:
    """What is new since the last look, a sentence each; the first look is news itself.

    `is_report` tells that every look is told, new or not.
    """
    if not memory.verdict:
        told = "every look is told" if is_report else "from now on only what changes is told"
        return (f"The first look of this watch: {told}.",)
    news = []
    if memory.verdict != verdict:
        news.append(f"The verdict was {_name(memory.verdict)}, and is {_name(verdict)} now.")
    if new := find_new(memory, talkers):
        shown = "; ".join(map(_show, new[:_SHOWN]))
        rest = f" and {len(new) - _SHOWN:,} more" if len(new) > _SHOWN else ""
        news.append(f"{count(len(new), 'conversation')} not seen before: {shown}{rest}.")
    return tuple(news)


def is_silent(
    days: int, totals: Totals, coverage: Coverage, now: datetime, unproven: Iterable[date] = ()
) -> bool:
    """Whether nothing was accepted in the last `days` whole days and since, and the logs of those prove it.

    Of the days that are `unproven` the logs prove nothing, though they are complete.
    Today is not over and proves nothing, and neither does yesterday while its last records may be late.
    """
    today = (now - LATENESS).date()
    whole = [today - timedelta(days=back) for back in range(1, days + 1)]
    seen = totals.accepted_until
    is_heard = totals.accepted > 0 and (seen is None or seen.date() >= whole[-1])
    return not is_heard and set(whole) <= set(coverage.days_complete).difference(unproven)


def find_new(memory: Memory, talkers: Sequence[Conversation]) -> list[Seen]:
    """The conversations that were not seen at an earlier look."""
    known = set(memory.seen)
    return [key for key in map(_key, talkers) if key not in known]


def remember(memory: Memory, verdict: Code, talkers: Sequence[Conversation]) -> Memory:
    """The memory after a look."""
    seen = dict.fromkeys([*map(_key, talkers), *memory.seen])
    return Memory(verdict.value, tuple(seen)[:REMEMBERED])


def _key(talker: Conversation) -> Seen:
    return (talker.client, talker.server, talker.service_port, talker.protocol, talker.action)


def _show(key: Seen) -> str:
    client, server, port, protocol, action = key
    rejected = " (rejected)" if action == "REJECT" else ""
    return f"{client} to {server} on {write_service(port, protocol)}{rejected}"


def _name(verdict: str) -> str:
    return verdict.replace("_", " ")
