"""What a verdict misses: told whole, and how to come to know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.coverage import Coverage, Gap, Problem
from bot.domain.totals import Totals
from bot.domain.verdict import Code, decide
from tests.domain.verdict_values import DAYS, REJECTED, ask, gaps

ELSEWHERE = "ask about other days: what AWS lost cannot be had again"
TURN_ON = "turn on, or deliver, the flow logs of account {} in us-east-1"
REFORMAT = "make a flow log that writes those fields, too, and ask about its days"
MEND = "mend or replace what could not be read"

MISSING = [
    (
        Coverage(DAYS),
        "no logs of 10 of 10 days (2026-11-14 to 2026-11-23)",
        "put the flow logs of these networks where the bot reads them, or ask about other days",
    ),
    (Coverage(DAYS, DAYS, strange=1), "1 record without a valid log-status", ""),
    (
        Coverage(DAYS, DAYS, problems=(Problem("a", "it lacks bytes: without bytes, nothing counts"),)),
        "1 file could not be read wholly (it lacks bytes: without bytes, nothing counts)",
        REFORMAT,
    ),
    (
        Coverage(DAYS, DAYS, problems=(Problem("a", "it lacks bytes: nothing counts"), Problem("b", "c"))),
        "2 files could not be read wholly (the first: it lacks bytes: nothing counts)",
        f"{REFORMAT}, or {MEND}",
    ),
    (
        Coverage(DAYS, DAYS, problems=(Problem("a", "it is empty"), *(Problem("b", "c"),) * 999)),
        "1,000 files could not be read wholly (the first: it is empty)",
        MEND,
    ),
    (
        Coverage(DAYS, DAYS, skipdata=3, skipdata_days=DAYS),
        "AWS lost records on 2026-11-14 to 2026-11-23 (SKIPDATA)",
        ELSEWHERE,
    ),
    (
        Coverage(DAYS, DAYS, gaps=(Gap("", "", DAYS[:1]),)),
        "none of account ? in ? on 2026-11-14",
        (
            "turn on, or deliver, the flow logs of account ? in ?, "
            "or ask with from=2026-11-15 to=2026-11-23: 9 complete days"
        ),
    ),
    (
        Coverage(DAYS, DAYS, gaps=gaps(3)),
        (
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "none of account 000000000001 in us-east-1 on 2026-11-15; "
            "none of account 000000000002 in us-east-1 on 2026-11-16"
        ),
        f"{TURN_ON.format('000000000000')} and 2 more, or ask with from=2026-11-17 to=2026-11-23: 7 complete days",
    ),
    (
        Coverage(DAYS, DAYS[:9], gaps=gaps(5)),
        (
            "no logs of 1 of 10 days (2026-11-23); "
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "none of account 000000000001 in us-east-1 on 2026-11-15; "
            "none of account 000000000002 in us-east-1 on 2026-11-16; "
            "gaps in 2 more of the accounts and regions"
        ),
        f"{TURN_ON.format('000000000000')} and 4 more, or ask with from=2026-11-19 to=2026-11-22: 4 complete days",
    ),
    (
        Coverage(DAYS, (*DAYS[:4], *DAYS[6:]), skipdata=1, skipdata_days=(DAYS[9],)),
        "no logs of 2 of 10 days (2026-11-18, 2026-11-19); AWS lost records on 2026-11-23 (SKIPDATA)",
        (
            "put the missing days' flow logs where the bot reads them, "
            "or ask with from=2026-11-14 to=2026-11-17: 4 complete days"
        ),
    ),
    (
        Coverage(
            DAYS,
            DAYS[:8],
            skipdata=1,
            strange=2,
            skipdata_days=DAYS[:1],
            gaps=gaps(1),
            problems=(Problem("a", "b"),),
        ),
        (
            "no logs of 2 of 10 days (2026-11-22, 2026-11-23); "
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "AWS lost records on 2026-11-14 (SKIPDATA); "
            "1 file could not be read wholly (b); "
            "2 records without a valid log-status"
        ),
        f"{TURN_ON.format('000000000000')}, or {MEND}, or {ELSEWHERE}",
    ),
]


@pytest.mark.parametrize(("coverage", "missing", "remedy"), MISSING)
def test_what_is_missing_and_how_to_get_it(coverage: Coverage, missing: str, remedy: str) -> None:
    """Each reason to doubt is told, in the same words with or without rejected attempts."""
    unknown = decide(ask(), Totals(), coverage)
    assert unknown.code is Code.UNKNOWN
    said = "Unknown: no traffic with 10.1.0.0/16 was seen, but the logs are not complete: "
    advice = f" To be sure, {remedy}." if remedy else ""
    assert unknown.text == f"{said}{missing}.{advice}"
    attempts = decide(ask(), REJECTED, coverage)
    assert attempts.code is Code.ATTEMPTS_ONLY
    assert attempts.text.endswith(f"Accepted traffic may be missing from the logs: {missing}.{advice}")


@pytest.mark.parametrize(
    ("now", "waits"),
    [
        (datetime(2026, 11, 23, 0, 20, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 0, 20, tzinfo=UTC), False),
    ],
)
def test_logs_of_a_day_that_has_only_begun(now: datetime, waits: bool) -> None:
    """Just after midnight nothing is amiss, and nobody needs to be sent to repair it."""
    verdict = decide(ask(), Totals(), Coverage(DAYS, DAYS[:9]), (), now)
    assert verdict.code is Code.UNKNOWN
    advice = "To be sure, ask again after 01:00 UTC: today's first logs may still be on their way."
    assert verdict.text.endswith(advice) == waits


def test_advised_days_are_complete() -> None:
    """Who asks about the days that a verdict names must not be told of the same gap again."""
    every = [Coverage(DAYS, DAYS[:n], gaps=gaps(m)) for n in range(1, 10) for m in range(4)]
    for coverage in every:
        days = coverage.days_complete
        narrowed = replace(coverage.since(days[0]), days_asked=days, days_present=days) if days else None
        assert narrowed is None or narrowed.is_full
