"""The verdict: its text whole, for each code, and never `unused` where something may be missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest

from bot.domain.coverage import Coverage, CoverageRow, cover
from bot.domain.question import Action, Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import Advice, Code, decide, describe
from bot.domain.window import Window
from tests.domain.verdict_values import (
    ACCEPTED,
    BOTH,
    DAYS,
    FULL,
    HOME,
    MANY,
    NAMELESS,
    REJECTED,
    SKIPPED,
    UNTOLD,
    WINDOW,
    ask,
    gaps,
)

TEXTS = [
    (
        ask(),
        ACCEPTED,
        FULL,
        Code.IN_USE,
        "In use: 2,400 accepted conversations with 10.1.0.0/16; last seen 2026-11-20 08:05 UTC.",
    ),
    (
        ask(home=HOME),
        BOTH,
        SKIPPED,
        Code.IN_USE,
        "In use: 1 accepted conversation between vpc-a and 10.1.0.0/16; last seen 2026-11-20 08:05 UTC.",
    ),
    (
        ask(Scenario.INCOMING, HOME),
        REJECTED,
        FULL,
        Code.ATTEMPTS_ONLY,
        (
            "Only rejected attempts: 1 conversation from 10.1.0.0/16 to vpc-a, none accepted; "
            "last seen 2026-11-23 23:59 UTC."
        ),
    ),
    (
        ask(Scenario.EXTERNAL),
        REJECTED,
        SKIPPED,
        Code.ATTEMPTS_ONLY,
        (
            "Only rejected attempts: 1 conversation between 10.1.0.0/16 and the outside, none accepted; "
            "last seen 2026-11-23 23:59 UTC. Accepted traffic may be missing from the logs: "
            "AWS lost records on 2026-11-18, 2026-11-19 (SKIPDATA). "
            "To be sure, ask with from=2026-11-20 to=2026-11-23: 4 complete days."
        ),
    ),
    (
        ask(Scenario.INADVERTENT),
        Totals(),
        FULL,
        Code.UNUSED,
        "Unused: no traffic with 10.1.0.0/16 in 10 days; every day is logged and no record was lost.",
    ),
    (
        ask(Scenario.INTERNAL, filters=Filters((443, 53), (6, 253))),
        Totals(),
        Coverage(DAYS[:1], DAYS[:1], sources=(("123456789012", "us-east-1"),)),
        Code.UNUSED,
        (
            "Unused: no traffic within 10.1.0.0/16 on ports 443, 53 over TCP, protocol 253 in 1 day; "
            "every day of account 123456789012 in us-east-1 is logged and no record was lost."
        ),
    ),
    (
        ask(),
        Totals(),
        Coverage(DAYS, DAYS, sources=(("", ""), ("123456789012", "us-east-1"))),
        Code.UNUSED,
        (
            "Unused: no traffic with 10.1.0.0/16 in 10 days; every day of all 2 accounts and regions is logged "
            "and no record was lost."
        ),
    ),
    (
        ask(Scenario.INCOMING),
        Totals(),
        Coverage(DAYS, DAYS[:9]),
        Code.UNKNOWN,
        (
            "Unknown: no traffic from 10.1.0.0/16 was seen, but the logs are not complete: "
            "no logs of 1 of 10 days (2026-11-23). To be sure, put the missing days' flow logs where the bot "
            "reads them, or ask with from=2026-11-14 to=2026-11-22: 9 complete days."
        ),
    ),
]


@pytest.mark.parametrize(("question", "totals", "coverage", "code", "text"), TEXTS)
def test_texts(question: Question, totals: Totals, coverage: Coverage, code: Code, text: str) -> None:
    verdict = decide(question, totals, coverage)
    assert (verdict.code, verdict.text) == (code, text)


ADVICE = [
    (Filters(), 10, Totals(), FULL, "Safe to disconnect, as far as flow logs can tell.", False),
    (Filters(), 6, Totals(), FULL, "Safe to disconnect, as far as flow logs can tell.", True),
    (Filters(), 6, REJECTED, FULL, "Safe to disconnect, as far as flow logs can tell.", True),
    (
        Filters((9999,)),
        10,
        Totals(),
        FULL,
        f"{UNTOLD}: only traffic on port 9999 was asked about; ask without that filter.",
        False,
    ),
    (
        Filters((), (17,)),
        10,
        REJECTED,
        FULL,
        f"{UNTOLD}: only traffic over UDP was asked about; ask without that filter.",
        False,
    ),
    (Filters((), (), Action.REJECT), 10, Totals(), FULL, "Safe to disconnect, as far as", False),
    (Filters((9999,)), 6, ACCEPTED, FULL, "Not safe to disconnect.", False),
    (Filters(), 10, Totals(), SKIPPED, f"{UNTOLD}.", False),
]


@pytest.mark.parametrize(("filters", "days", "totals", "coverage", "advice", "is_short"), ADVICE)
def test_advice_to_disconnect_is_never_more_than_was_asked(
    filters: Filters, days: int, totals: Totals, coverage: Coverage, advice: str, is_short: bool
) -> None:
    """What was asked of one port, or of some hours, does not make the whole network safe to cut off."""
    window = Window(WINDOW.until - timedelta(days=days), WINDOW.until)
    question = replace(ask(filters=filters), window=window, is_disconnect=True)
    text = decide(question, totals, coverage).text
    assert text.startswith(advice)
    assert ("Less than a week was looked at" in text) == is_short


@pytest.mark.parametrize(
    ("days", "now", "said"),
    [
        (1, time(0, 20), "in 1 day (2026-11-23 only until 00:20 UTC); every day is logged so far and"),
        (10, time(13), "in 10 days (2026-11-23 only until 13:00 UTC); every day is logged so far and"),
    ],
)
def test_day_that_is_not_over_is_not_called_a_day_without_traffic(days: int, now: time, said: str) -> None:
    window = Window(WINDOW.until - timedelta(days=days), WINDOW.until)
    coverage = Coverage(DAYS[-days:], DAYS[-days:])
    moment = datetime.combine(DAYS[-1], now, tzinfo=UTC)
    verdict = decide(replace(ask(), window=window), Totals(), coverage, (), moment)
    assert verdict.code is Code.UNUSED
    assert verdict.text == f"Unused: no traffic with 10.1.0.0/16 {said} no record was lost."


def test_of_attempts_in_a_window_that_is_not_over_it_is_said() -> None:
    text = decide(ask(), REJECTED, FULL, (), WINDOW.until - timedelta(seconds=1)).text
    assert "none accepted so far; last seen" in text


def test_window_that_ends_later_is_known_until_now() -> None:
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    question = replace(ask(), window=Window(since, since + timedelta(hours=9), by_time=True))
    coverage = Coverage((since.date(),), (since.date(),))
    text = decide(question, Totals(), coverage, (), since + timedelta(minutes=5)).text
    assert "from 2026-11-20 10:00 to 2026-11-20 10:05 UTC; every day is logged so far" in text


def test_part_of_a_day_makes_nothing_safe() -> None:
    """What runs at another hour is not in it, and cutting that off is an outage."""
    question = replace(
        ask(), window=Window(WINDOW.until - timedelta(days=1), WINDOW.until), is_disconnect=True
    )
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    for totals in (Totals(), REJECTED):
        verdict = decide(question, totals, Coverage(DAYS[-1:], DAYS[-1:]), (), moment)
        assert verdict.advice is Advice.UNTOLD
        looked = "only the traffic of 1 hour was looked at; ask about more days."
        assert verdict.text.startswith(f"{UNTOLD}: {looked}")
    assert decide(question, ACCEPTED, FULL, (), moment).advice is Advice.NOT_SAFE


@pytest.mark.parametrize(("later", "is_old"), [(timedelta(hours=23), False), (timedelta(days=1), True)])
def test_what_was_safe_some_days_ago_is_said_to_be_of_then(later: timedelta, is_old: bool) -> None:
    question = replace(ask(), is_disconnect=True)
    verdict = decide(question, Totals(), FULL, (), WINDOW.until + later)
    assert verdict.advice is Advice.SAFE
    assert ("What happened since 2026-11-24 00:00 UTC was not looked at." in verdict.text) == is_old


def test_day_that_is_not_over_is_not_advised_as_complete() -> None:
    coverage = replace(SKIPPED, skipdata_days=DAYS[:5])
    text = decide(ask(), Totals(), coverage, (), datetime(2026, 11, 23, 13, tzinfo=UTC)).text
    assert text.endswith("To be sure, ask with from=2026-11-19 to=2026-11-22: 4 complete days.")


def test_unused_for_an_hour_is_not_unused_for_a_day() -> None:
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    question = replace(ask(), window=Window(since, since + timedelta(hours=1), by_time=True))
    text = decide(question, Totals(), Coverage((since.date(),), (since.date(),))).text
    assert "no traffic with 10.1.0.0/16 from 2026-11-20 10:00 to 2026-11-20 11:00 UTC;" in text


def test_what_has_not_come_yet_is_no_silence() -> None:
    """Who cuts a peering and asks for the minutes since would be told that nobody misses it."""
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    window = Window(since, since + timedelta(minutes=10), by_time=True, is_settled=False)
    rows = [CoverageRow(since.date(), "123456789012", "us-east-1", "OK", 7)]
    question = replace(ask(), window=window, is_disconnect=True)
    verdict = decide(question, Totals(), cover(window, rows, ()), now=window.until)
    assert verdict.code is Code.UNKNOWN
    assert verdict.text == (
        "It cannot be told whether it is safe to disconnect: only the traffic of 10 minutes was looked at; ask about "
        "more days. Unknown: no traffic with 10.1.0.0/16 was seen, but the logs are not complete: the window's last "
        "records may still be on their way. To be sure, ask again an hour after the window's end."
    )


@pytest.mark.parametrize(
    ("ports", "totals", "is_doubted"),
    [
        ((50_000,), Totals(), True),
        ((443, 50_000), REJECTED, True),
        ((50_000,), ACCEPTED, False),
        ((32_767,), Totals(), False),
        ((), Totals(), False),
    ],
)
def test_server_on_a_port_like_those_of_clients_may_be_missed(
    ports: tuple[int, ...], totals: Totals, is_doubted: bool
) -> None:
    """The lower port is taken for the service: of a higher one, nothing would be said to be unused."""
    text = decide(ask(filters=Filters(ports)), totals, FULL).text
    assert ("Port 50000 was looked for as the lower one of the two" in text) == is_doubted


@pytest.mark.parametrize("action", [None, Action.ACCEPT, Action.REJECT])
def test_action_does_not_change_the_verdict(action: Action | None) -> None:
    """Listing only the rejected conversations must not hide that others were accepted."""
    plain, filtered = ask(), ask(filters=Filters(action=action))
    for totals, coverage in product((ACCEPTED, REJECTED, BOTH, Totals()), (FULL, SKIPPED)):
        assert decide(filtered, totals, coverage) == decide(plain, totals, coverage)


DESCRIBED = [
    (Scenario.EXTERNAL, None, "between 10.1.0.0/16 and the outside"),
    (Scenario.INTERNAL, None, "within 10.1.0.0/16"),
    (Scenario.PEERING, None, "with 10.1.0.0/16"),
    (Scenario.PEERING, NAMELESS, "between 10.0.0.0/16 + 100.64.0.0/16 and 10.1.0.0/16"),
    (Scenario.INADVERTENT, None, "with 10.1.0.0/16"),
    (Scenario.INADVERTENT, HOME, "between vpc-a and 10.1.0.0/16"),
    (Scenario.INCOMING, None, "from 10.1.0.0/16"),
    (Scenario.INCOMING, HOME, "from 10.1.0.0/16 to vpc-a"),
]


@pytest.mark.parametrize(("scenario", "home", "expected"), DESCRIBED)
def test_descriptions(scenario: Scenario, home: Side | None, expected: str) -> None:
    assert describe(ask(scenario, home)) == expected
    assert describe(ask(scenario, home, Filters((22,)))) == f"{expected} on port 22"
    assert describe(ask(scenario, home, Filters(protocols=(17,)))) == f"{expected} over UDP"


def test_time_that_is_not_known() -> None:
    """Totals without a time are no reason to fail at the last step."""
    text = decide(ask(), Totals(accepted=1), FULL).text
    assert text == "In use: 1 accepted conversation with 10.1.0.0/16; last seen at an unknown time."


def test_text_stays_short() -> None:
    """It must fit a message even where a whole organisation's logs have holes."""
    every_other = Coverage(
        DAYS * 40, (), skipdata=9, skipdata_days=tuple(DAYS[::2] * 40), gaps=gaps(10) * 100
    )
    assert len(decide(ask(), Totals(), every_other).text) < 1000
    assert len(decide(ask(), ACCEPTED, every_other, MANY, WINDOW.until).text) < 1000
