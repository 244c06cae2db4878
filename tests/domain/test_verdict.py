"""The verdict: its text whole, for each code, and never `unused` where something may be missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from bot.domain.cidr import parse_block
from bot.domain.coverage import Coverage, Gap, Problem
from bot.domain.question import Action, Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import Code, decide, describe
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
SKIPPED = Coverage(DAYS, DAYS, skipdata=2, skipdata_days=DAYS[4:6])


def ask(
    scenario: Scenario = Scenario.PEERING, home: Side | None = None, filters: Filters | None = None
) -> Question:
    """A question about the peer."""
    return Question(scenario, PEER, WINDOW, home, filters or Filters())


TEXTS = [
    (
        ask(),
        ACCEPTED,
        FULL,
        Code.IN_USE,
        "In use: 2,400 accepted conversations with 10.1.0.0/16, the last seen 2026-11-20 08:05 UTC.",
    ),
    (
        ask(home=HOME),
        BOTH,
        SKIPPED,
        Code.IN_USE,
        "In use: 1 accepted conversation between vpc-a and 10.1.0.0/16, the last seen 2026-11-20 08:05 UTC.",
    ),
    (
        ask(Scenario.INCOMING, HOME),
        REJECTED,
        FULL,
        Code.ATTEMPTS_ONLY,
        (
            "Only rejected attempts: 1 conversation from 10.1.0.0/16 to vpc-a, none accepted, "
            "the last 2026-11-23 23:59 UTC."
        ),
    ),
    (
        ask(Scenario.EXTERNAL),
        REJECTED,
        SKIPPED,
        Code.ATTEMPTS_ONLY,
        (
            "Only rejected attempts: 1 conversation between 10.1.0.0/16 and the outside, none accepted, "
            "the last 2026-11-23 23:59 UTC. Accepted traffic may be missing from the logs: "
            "AWS lost records on 2026-11-18, 2026-11-19 (2 SKIPDATA records)."
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
        Coverage(DAYS[:1], DAYS[:1]),
        Code.UNUSED,
        (
            "Unused: no traffic within 10.1.0.0/16 on port 443, 53 over TCP, protocol 253 in 1 day; "
            "every day is logged and no record was lost."
        ),
    ),
    (
        ask(Scenario.INCOMING),
        Totals(),
        Coverage(DAYS, DAYS[:9]),
        Code.UNKNOWN,
        (
            "Unknown: no traffic from 10.1.0.0/16 was seen, but the logs are not complete: "
            "no logs of 1 of 10 days (2026-11-23)."
        ),
    ),
]


@pytest.mark.parametrize(("question", "totals", "coverage", "code", "text"), TEXTS)
def test_texts(question: Question, totals: Totals, coverage: Coverage, code: Code, text: str) -> None:
    verdict = decide(question, totals, coverage)
    assert (verdict.code, verdict.text) == (code, text)


def gaps(number: int) -> tuple[Gap, ...]:
    """Gaps of so many accounts."""
    return tuple(Gap(f"{n:012}", "us-east-1", DAYS[n : n + 1]) for n in range(number))


MISSING = [
    (Coverage(DAYS), "no logs of 10 of 10 days (2026-11-14 to 2026-11-23)"),
    (Coverage(DAYS, DAYS, strange=1), "1 record without a valid log-status"),
    (Coverage(DAYS, DAYS, problems=(Problem("a", "b"),)), "1 file could not be read wholly"),
    (Coverage(DAYS, DAYS, problems=(Problem("a", "b"),) * 1000), "1,000 files could not be read wholly"),
    (Coverage(DAYS, DAYS, gaps=(Gap("", "", DAYS[:1]),)), "none of account ? in ? on 2026-11-14"),
    (
        Coverage(DAYS, DAYS, gaps=gaps(3)),
        (
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "none of account 000000000001 in us-east-1 on 2026-11-15; "
            "none of account 000000000002 in us-east-1 on 2026-11-16"
        ),
    ),
    (
        Coverage(DAYS, DAYS, gaps=gaps(5)),
        (
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "none of account 000000000001 in us-east-1 on 2026-11-15; "
            "none of account 000000000002 in us-east-1 on 2026-11-16; "
            "gaps in 2 more of the accounts and regions"
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
            "AWS lost records on 2026-11-14 (1 SKIPDATA record); "
            "1 file could not be read wholly; "
            "2 records without a valid log-status"
        ),
    ),
]


@pytest.mark.parametrize(("coverage", "missing"), MISSING)
def test_what_is_missing(coverage: Coverage, missing: str) -> None:
    """Each reason to doubt is told, in the same words with or without rejected attempts."""
    unknown = decide(ask(), Totals(), coverage)
    assert unknown.code is Code.UNKNOWN
    said = "Unknown: no traffic with 10.1.0.0/16 was seen, but the logs are not complete: "
    assert unknown.text == f"{said}{missing}."
    attempts = decide(ask(), REJECTED, coverage)
    assert attempts.code is Code.ATTEMPTS_ONLY
    assert attempts.text.endswith(f"Accepted traffic may be missing from the logs: {missing}.")


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
    assert text == "In use: 1 accepted conversation with 10.1.0.0/16, the last seen at an unknown time."


def test_text_stays_short() -> None:
    """It must fit a message even where a whole organisation's logs have holes."""
    every_other = Coverage(
        DAYS * 40, (), skipdata=9, skipdata_days=tuple(DAYS[::2] * 40), gaps=gaps(10) * 100
    )
    assert len(decide(ask(), Totals(), every_other).text) < 1000
