"""Values as many and as long as they can be, or worse, for what is sent to Slack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

from bot.domain.address import Address
from bot.domain.answer import Answer
from bot.domain.changes import Change, ChangedConversation, ChangeList, Comparison, Extent, Volume
from bot.domain.cidr import Block, parse_block
from bot.domain.command import LONGEST_LINE
from bot.domain.conversation import Conversation
from bot.domain.cost import Cost
from bot.domain.coverage import Coverage, Gap, Problem, Witnesses
from bot.domain.dependency import Dependency
from bot.domain.host_name import LONGEST_HOST_NAME
from bot.domain.labels import Labels
from bot.domain.question import Action, Compared, Filters, Measure, Question, Side
from bot.domain.registration import Listing
from bot.domain.run import Asked, Run, RunState
from bot.domain.scenario import Scenario
from bot.domain.schedule import parse_schedule
from bot.domain.totals import Totals
from bot.domain.verdict import decide
from bot.domain.view import TOPS, View, ViewKind
from bot.domain.view_answer import (
    Choices,
    DayRow,
    HostRow,
    PathRow,
    PortRow,
    ServiceRow,
    SubnetRow,
    Sums,
    ViewAnswer,
    ViewRow,
    fill_days,
)
from bot.domain.watch import Watch
from bot.domain.window import build_previous, build_window_of_days

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
NUMBERS = (0, 1, 10, 100_000)
HUGE = 2**62
RUN_ID = "z" * 10
LONG_RUN_ID = "z" * 32
LONG = "2001:0db8:85a3:0000:0000:8a2e:192.168.100.100"
SHORT = "10.1.0.9"
STRANGE = "<!channel>&" * 40
"""What a log could hold where an address stands."""
ADDRESSES = (SHORT, LONG, STRANGE)


def name(number: int) -> str:
    """The longest name that the grammar takes, another for each number."""
    return f"n{number:04}" + "x" * 58


LONGEST_LINES = (
    "peering " + "&<>`x" * 598,
    f"peering {name(1)} {name(2)} port={','.join(['65535'] * 450)}",
    "p",
)
assert all(len(line) <= LONGEST_LINE for line in LONGEST_LINES)
LONG_SENTENCE = "could not read <s3://bucket/&/" + "p" * 9_000 + ">" + " since that is so & so" * 200
NOTES = tuple(f"{n} <!here> & {'n' * 4_000}" for n in range(30))
LABELS = Labels(
    {name(1): (parse_block("10.1.0.0/16").block,), name(2): (parse_block("10.0.0.0/16").block,)},
    hosts={SHORT: "&" * LONGEST_HOST_NAME, LONG: "h" * LONGEST_HOST_NAME},
)


def blocks_of(number: int) -> tuple[Block, ...]:
    """So many blocks with the longest text that one has."""
    return tuple(Block(0xDFFF_FF00 - 4 * n, 30) for n in range(number))


def build_question(
    scenario: Scenario = Scenario.PEERING, *, long: bool = False, compared: bool = False, **more: Any
) -> Question:
    """A short question, or the longest: over a year, on many ports, sides of 50 blocks without a name."""
    window = build_window_of_days(366 if long else 10, NOW, 366)
    side = Side(blocks_of(50)) if long else Side(blocks_of(1), "vpc-b")
    filters = Filters(tuple(range(65_000, 65_500)), tuple(range(256)), Action.REJECT) if long else Filters()
    values = {
        "home": side if long else None,
        "filters": filters,
        "top": 100,
        "compared": Compared(build_previous(window, 800), False) if compared else None,
    }
    return Question(scenario, side, window, **(values | more))


PROBLEMS = tuple(Problem(f"{n}&" + "p" * 900, LONG_SENTENCE) for n in range(5_000))


@cache
def build_coverage(question: Question, kind: str) -> Coverage:
    """Complete logs, none at all, or logs with everything wrong that can be."""
    days = question.window.days
    if kind == "full":
        return Coverage(days, days, ok=HUGE)
    if kind == "none":
        return Coverage(days, ())
    gaps = tuple(Gap("123456789012", f"us-gov-northeast-{n}", days[::2]) for n in range(200))
    strangers = Witnesses(HUGE, 0, days[::6])
    return Coverage(days, days[::3], HUGE, HUGE, HUGE, 7, days[::2], gaps, PROBLEMS, witnesses=strangers)


def build_talkers(number: int, address: str, action: str = "ACCEPT") -> list[Conversation]:
    row = Conversation(address, address, 65_535, 255, action, HUGE, HUGE, HUGE, HUGE, 0, NOW, NOW)
    return [replace(row, service_port=65_535 - n) for n in range(min(number, 100))]


def build_change_list(change: Change, number: int, address: str) -> ChangeList:
    now = Volume() if change is Change.GONE else Volume(HUGE, HUGE, HUGE)
    previous = Volume() if change is Change.NEW else Volume(1, 1, 1)
    row = ChangedConversation(change, address, address, 65_535, 255, "REJECT", now, previous, NOW, NOW)
    return ChangeList(change, number, now, previous, [row] * min(number, 100))


def build_comparison(question: Question, number: int, address: str, kind: str) -> Comparison:
    assert question.compared is not None
    extent = {"full": Extent.WHOLE, "none": Extent.NOTHING}.get(kind, Extent.LARGEST)
    earlier = replace(question, window=question.compared.previous)
    return Comparison(
        question.window,
        question.compared,
        Measure.BYTES,
        build_coverage(question, kind),
        build_coverage(earlier, kind),
        extent,
        frozenset() if kind == "full" else frozenset(Change),
        [build_change_list(change, number, address) for change in Change] if kind != "none" else [],
    )


def build_answer(
    question: Question, number: int, address: str, coverage: str, accepted: bool = True
) -> Answer:
    talkers = build_talkers(number, address, "ACCEPT" if accepted else "REJECT")
    found = (
        {"accepted": number, "accepted_until": NOW}
        if accepted
        else {"rejected": number, "rejected_until": NOW}
    )
    totals = Totals(number, HUGE, HUGE, HUGE, **(found if number else {}))
    covered = build_coverage(question, coverage)
    verdict = decide(question, totals, covered, talkers, NOW + timedelta(days=9))
    comparison = build_comparison(question, number, address, coverage) if question.compared else None
    cost = Cost(HUGE, 12.5)
    is_cut = number > 100
    return Answer(
        question, covered, totals, is_cut, verdict, talkers, cost, 3600.0, "SELECT 1", "DuckDB", comparison,
        paths=[PathRow(path, 99, None, build_sums(HUGE)) for path in range(min(number, 99))],
        services={address: "S" * 200} if number else {},
    )  # fmt: skip


def build_sums(number: int) -> Sums:
    return Sums(number, HUGE, HUGE, HUGE, NOW, NOW) if number else Sums()


def build_row(kind: ViewKind, number: int, address: str) -> ViewRow:
    sums = build_sums(1)
    match kind:
        case ViewKind.PORTS:
            return PortRow(65_535 - number % 1_000, 255, HUGE, HUGE, sums)
        case ViewKind.HOSTS_ASKED | ViewKind.HOSTS_OTHER:
            return HostRow(address, number, HUGE, HUGE, sums)
        case ViewKind.SUBNETS:
            return SubnetRow(address, address, number, number, sums)
        case ViewKind.PATHS:
            return PathRow(number % 99, 99, 4, sums)
        case ViewKind.SERVICES:
            return ServiceRow("S" * 200, number, HUGE, sums)
    return build_talkers(1, address)[0]


def build_choices(number: int, address: str) -> Choices:
    """As many as the service offers; what is no address is offered to no pair."""
    place = SHORT if address == STRANGE else address
    hosts = tuple(
        HostRow(address if n == 0 else f"10.0.0.{n}", 1, HUGE, HUGE, build_sums(1)) for n in range(20)
    )
    ports = tuple(PortRow(65_535 - n, 255, 1, 1, build_sums(1)) for n in range(20))
    pairs = tuple((Address(place), Address(f"10.0.0.{n}")) for n in range(10))
    return Choices(*(each[: min(number, 20)] for each in (ports, hosts, hosts, pairs)))


def build_view_answer(view: View, number: int, address: str, coverage: str, *, long: bool) -> ViewAnswer:
    question = build_question(long=long, compared=view.kind is ViewKind.CHANGES)
    comparison = build_comparison(question, number, address, coverage) if question.compared else None
    covered = build_coverage(question, coverage)
    rows: list[ViewRow] = [build_row(view.kind, n, address) for n in range(min(number, view.top))]
    if comparison:
        rows = [row for listed in comparison.lists for row in listed.rows]
    elif view.kind is ViewKind.DAYS:
        days = question.window.days if number else ()
        rows = list(fill_days([DayRow(day, build_sums(number)) for day in days[:number]], covered))
    return ViewAnswer(
        question=question,
        view=view,
        rows=rows,
        sums=build_sums(number),
        known=min(number, 50_000),
        totals=Totals(number, HUGE, HUGE, HUGE),
        truncated=number > 50_000,
        coverage=covered,
        choices=build_choices(number, address),
        comparison=comparison,
    )


def list_views() -> Iterator[tuple[str, View]]:
    """Every kind, without a filter and with all that go together, at every length."""
    pair, host = (Address(LONG), Address(LONG)), Address(LONG)
    subnet = parse_block("255.255.255.0/24").block
    for kind, top in product(ViewKind, TOPS):
        new_days = 0 if kind is ViewKind.CHANGES else 300
        narrow = {"service_port": 65_535, "protocol": 255, "action": Action.REJECT, "new_days": new_days}
        places = {"pair": pair} if kind is ViewKind.PAIR else {"host": host, "subnet": subnet}
        alone = {"pair": pair} if kind is ViewKind.PAIR else {}
        yield f"{kind} top {top}", View(kind, top=top, **alone)
        yield f"{kind} top {top} narrowed", View(kind, top=top, measure=Measure.PACKETS, **narrow, **places)


def build_run(number: int = 0, line: str = LONGEST_LINES[0], **more: Any) -> Run:
    state = list(RunState)[number % len(RunState)]
    asked = Asked(str(number), "C0NETWORK0", f"U{number:010}", line, NOW, watch_id="w")
    return Run(
        RUN_ID, asked, state, notes=NOTES[:4], verdict="attempts_only", cancelled_by="U0ADMIN000", **more
    )


def build_watch(number: int = 0, line: str = LONGEST_LINES[0], **more: Any) -> Watch:
    schedule = parse_schedule("every wednesday at 09:00".split())
    zone = "America/Argentina/ComodRivadavia"
    values = {"is_report": bool(number % 2), "is_paused": not number % 3, "silent_days": 365}
    return Watch(
        f"{number:010}", f"U{number:010}", "C0NETWORK0", line, schedule, zone, NOW, **(values | more)
    )


def build_listing(number: int, blocks: int = 50) -> Listing:
    """So many networks with the longest names, of so many blocks each, and a block without a name."""
    networks = {name(n): blocks_of(blocks) for n in range(number)}
    loose = tuple(Block(n << 16, 16) for n in range(number))
    return Listing((*(blocks_of(blocks) if number else ()), *loose), networks)


def build_dependency_list(number: int, address: str) -> list[Dependency]:
    clients = tuple(address for _ in range(100))
    return [Dependency(address, 65_535, 255, clients, HUGE, NOW) for _ in range(min(number, 5_000))]
