"""Logs that are of other networks, or of rejected traffic alone, prove nothing: it is said, and nothing is safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.coverage import Coverage, CoverageRow, Witnesses, build_coverage
from bot.domain.question import Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import Advice, Code, decide
from bot.domain.watch import is_silent
from bot.domain.witnesses import doubt_witnesses, find_unproven
from tests.domain.verdict_values import ACCEPTED, DAYS, FULL, HOME, NAMELESS, REJECTED, UNTOLD, WINDOW, ask

SOURCE = ("123456789012", "us-east-1")
LOGGED = replace(FULL, sources=(SOURCE,))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def witnessed(records: int = 70, accepted: int = 50, lacking: tuple[int, ...] = ()) -> Coverage:
    """Complete logs with so many witnesses, and none on the n-th days."""
    days = tuple(day for number, day in enumerate(DAYS) if number not in lacking) if records else ()
    return replace(LOGGED, witnesses=Witnesses(records, accepted, days))


OF_OTHERS = (
    "No record of these days names any address of vpc-a or 10.1.0.0/16: these logs may not be theirs. "
    "Check that the flow log of one of them is among those that the bot reads."
)
OF_ANOTHER = (
    "No record of these days names any address of 10.1.0.0/16: these logs may not be its own. "
    "Check that its flow log is among those that the bot reads."
)
OF_NOBODY = "No record of these days says OK: check that these logs are of the VPC that you mean."
STOPPED = "On 2026-11-22 no record names any address of vpc-a or 10.1.0.0/16: a flow log may have stopped."
REFUSED = (
    "All 1,200 records that name any address of vpc-a or 10.1.0.0/16 are of rejected traffic: "
    "the flow log may record nothing else."
)
DOUBTS = [
    (ask(home=HOME), witnessed(0, 0), OF_OTHERS),
    (
        ask(Scenario.INADVERTENT, HOME),
        witnessed(0, 0),
        OF_OTHERS.replace("vpc-a or 10.1.0.0/16", "10.1.0.0/16 or vpc-a"),
    ),
    (ask(Scenario.EXTERNAL), witnessed(0, 0), OF_ANOTHER),
    (ask(Scenario.INTERNAL), witnessed(0, 0), OF_ANOTHER),
    (ask(), witnessed(0, 0), OF_NOBODY),
    (ask(home=HOME), witnessed(lacking=(8,)), STOPPED),
    (
        ask(home=HOME),
        witnessed(lacking=(0, 1, 2, 8)),
        STOPPED.replace("On ", "On 2026-11-14 to 2026-11-16, "),
    ),
    (ask(home=HOME), witnessed(1200, 0), REFUSED),
    (
        ask(home=HOME),
        witnessed(1, 0, lacking=(8,)),
        f"{STOPPED} The one record that names them is of rejected traffic: the flow log may record nothing else.",
    ),
    (
        ask(Scenario.INCOMING),
        witnessed(12, 0, lacking=(8,)),
        "All 12 records that say OK are of rejected traffic: the flow log may record nothing else.",
    ),
    (ask(home=HOME), witnessed(), ""),
    (ask(), witnessed(lacking=(8,)), ""),
    (ask(home=HOME), witnessed(1, 1, lacking=()), ""),
    (ask(home=HOME), LOGGED, ""),
]


@pytest.mark.parametrize(("question", "coverage", "doubt"), DOUBTS)
def test_what_makes_silence_prove_nothing(question: Question, coverage: Coverage, doubt: str) -> None:
    """The code stays what the contract says that it is; the text and the advice do not say more than is known."""
    silent = replace(question, is_disconnect=True)
    assert doubt_witnesses(question, coverage, NOON) == doubt
    unused, attempts = decide(silent, Totals(), coverage), decide(silent, REJECTED, coverage)
    assert (unused.code, attempts.code) == (Code.UNUSED, Code.ATTEMPTS_ONLY)
    assert unused.advice is attempts.advice is (Advice.UNTOLD if doubt else Advice.SAFE)
    assert attempts.text.endswith(f" {doubt}" if doubt else " UTC.")
    used = decide(silent, ACCEPTED, coverage)
    assert (used.code, used.advice) == (Code.IN_USE, Advice.NOT_SAFE)
    assert not doubt or doubt not in used.text


def test_text_does_not_call_logged_what_may_be_anothers() -> None:
    """Whoever reads at night must not find a proof and its doubt side by side."""
    question = replace(ask(home=NAMELESS), is_disconnect=True)
    assert decide(question, Totals(), witnessed(0, 0)).text == (
        f"{UNTOLD}. Unused: no traffic between 10.0.0.0/16 + 100.64.0.0/16 and 10.1.0.0/16 in 10 days, as far as the "
        "logs of account 123456789012 in us-east-1 tell. But no record of these days names any address of "
        "10.0.0.0/16 + 100.64.0.0/16 or 10.1.0.0/16: these logs may not be theirs. "
        "Check that the flow log of one of them is among those that the bot reads."
    )


def test_one_day_alone_is_this_day() -> None:
    coverage = Coverage(DAYS[:1], DAYS[:1], witnesses=Witnesses(0, 0, ()))
    assert doubt_witnesses(ask(home=HOME), coverage, None).startswith("No record of this day names")


def test_doubt_stands_behind_what_is_missing() -> None:
    coverage = replace(witnessed(lacking=(8, 9)), days_present=DAYS[:9])
    text = decide(ask(home=HOME), Totals(), coverage).text
    assert text.startswith(
        "Unknown: no traffic between vpc-a and 10.1.0.0/16 was seen, but the logs are not complete"
    )
    assert text.endswith(f" {STOPPED}"), "a day without logs is told once"


@pytest.mark.parametrize(
    ("coverage", "remedy"),
    [
        (witnessed(), ", or ask with from=2026-11-14 to=2026-11-22: 9 complete days."),
        (witnessed(lacking=(8,)), ", or ask with from=2026-11-14 to=2026-11-21: 8 complete days."),
        (witnessed(lacking=(0, 3, 8)), ", or ask with from=2026-11-18 to=2026-11-21: 4 complete days."),
        (witnessed(0, 0), "."),
        (witnessed(70, 0), "."),
    ],
)
@pytest.mark.parametrize("totals", [Totals(), REJECTED])
def test_no_days_are_proposed_that_would_prove_nothing(
    coverage: Coverage, remedy: str, totals: Totals
) -> None:
    """Whoever asked about them would read the same doubt once more."""
    text = decide(ask(home=HOME), totals, replace(coverage, days_present=DAYS[:9])).text
    assert f" To be sure, put the missing days' flow logs where the bot reads them{remedy}" in text


@pytest.mark.parametrize(
    ("moment", "is_doubted"),
    [
        (datetime(2026, 11, 23, 0, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 0, 20, tzinfo=UTC), True),
    ],
)
def test_day_that_has_only_begun_is_not_missed(moment: datetime, is_doubted: bool) -> None:
    """The first logs of another VPC may be there before those of this one."""
    today = replace(LOGGED, days_asked=DAYS[9:], days_present=DAYS[9:], witnesses=Witnesses(0, 0, ()))
    for coverage in (witnessed(lacking=(9,)), today):
        assert bool(doubt_witnesses(ask(home=HOME), coverage, moment)) is is_doubted


def test_doubt_stays_short() -> None:
    """It stands behind a verdict that is long already, and a network may have very many blocks."""
    days = DAYS * 40
    coverage = Coverage(days, days, witnesses=Witnesses(10**15, 0, DAYS[::2]))
    question = replace(ask(home=Side(NAMELESS.blocks * 100)), asked=Side(NAMELESS.blocks * 100))
    assert len(doubt_witnesses(question, coverage, NOON)) < 500


def test_filters_do_not_narrow_whose_logs_they_are() -> None:
    question = ask(home=HOME, filters=Filters((443,)))
    assert doubt_witnesses(question, witnessed(0, 0), NOON) == OF_OTHERS


@pytest.mark.parametrize(
    ("question", "coverage", "expected"),
    [
        (ask(home=HOME), witnessed(), True),
        (ask(home=HOME), LOGGED, True),
        (ask(home=HOME), witnessed(lacking=(0, 1)), True),
        (ask(home=HOME), witnessed(lacking=(5,)), False),
        (ask(), witnessed(lacking=(5,)), True),
        (ask(home=HOME), witnessed(0, 0), False),
        (ask(), witnessed(0, 0), False),
        (ask(home=HOME), witnessed(70, 0), False),
        (ask(), witnessed(70, 0), False),
    ],
)
def test_watch_takes_no_silence_of_others_for_an_end(
    question: Question, coverage: Coverage, expected: bool
) -> None:
    unproven = find_unproven(question, coverage, NOON)
    assert is_silent(7, Totals(), coverage, NOON, unproven) is expected


def row(day: int, status: str = "OK", witnesses: int | None = 0, accepted: int | None = 0) -> CoverageRow:
    return CoverageRow(DAYS[day], *SOURCE, status, 5, witnesses, accepted)


def test_witnesses_are_counted_over_the_asked_days() -> None:
    rows = [row(0, "NODATA"), row(0, "OK", 3, 2), row(1), row(2, "OK", 1, 0), row(4, "OK", 9, 9)]
    coverage = build_coverage(DAYS[:4], rows, ())
    assert coverage.witnesses == Witnesses(4, 2, (DAYS[0], DAYS[2]))
    assert coverage.days_unwitnessed == (DAYS[1],), "a day without any logs is missing, and no more"


@pytest.mark.parametrize("rows", [[], [row(0, witnesses=None, accepted=None)], [row(9, "OK", 1, 1)]])
def test_what_a_result_does_not_tell_is_not_doubted(rows: list[CoverageRow]) -> None:
    coverage = build_coverage(DAYS[:4], rows, ())
    assert (coverage.witnesses, coverage.days_unwitnessed) == (None, ())


def test_witnesses_do_not_make_logs_complete_or_not() -> None:
    for coverage in (witnessed(0, 0), witnessed(1, 0), witnessed(lacking=(3,)), witnessed()):
        assert coverage.is_full
        assert coverage.days_complete == DAYS
    assert WINDOW.days == DAYS
