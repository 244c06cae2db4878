"""The evidence beside a verdict: who, what, how much, and how long ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage, Problem, Witnesses
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import Code, decide
from tests.domain.verdict_values import ACCEPTED, DAYS, FULL, HOME, MANY, PAIR, THEN, WINDOW, ask, gaps, talk

REFUSED = (
    talk(port=22, action="REJECT", to_client=0),
    talk("10.0.0.7", port=22, action="REJECT", to_client=0),
)

EVIDENCE = [
    (PAIR[:1], 1, "10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, 1.00 GB in all"),
    (PAIR, 2, "2 clients to 10.1.0.9 on 5432/TCP postgresql, 2.00 GB in all"),
    (
        MANY,
        5,
        "5 clients to 2 servers on 5432/TCP postgresql, 5433/TCP, 5434/TCP and 2 more services, 5.00 GB in all",
    ),
    (PAIR, 9, "top by bytes 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, at least 2.00 GB in all"),
    ((*REFUSED, *PAIR), 2, "2 clients to 10.1.0.9 on 5432/TCP postgresql, 2.00 GB in all"),
    ((talk(to_client=0),), 1, "10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, 1.00 MB in all, no reply logged"),
    (
        (talk(to_client=0),),
        2,
        "top by bytes 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, at least 1.00 MB in all",
    ),
]


@pytest.mark.parametrize(("talkers", "accepted", "evidence"), EVIDENCE)
def test_evidence_of_use(talkers: Sequence[Conversation], accepted: int, evidence: str) -> None:
    """What is not known of all of them is said of the top one only."""
    totals = Totals(accepted=accepted, rejected=2, accepted_until=THEN)
    text = decide(ask(), totals, FULL, talkers).text
    assert f" with 10.1.0.0/16: {evidence}; last seen 2026-11-20 08:05 UTC." in text


def test_what_is_incoming_is_one_way_by_its_question() -> None:
    """Its replies are in the logs, maybe, but none of its records is one of them."""
    totals = Totals(accepted=1, accepted_until=THEN)
    one_way = [decide(ask(scenario), totals, FULL, (talk(to_client=0),)).text for scenario in Scenario]
    said = dict(zip(Scenario, ["no reply logged" in text for text in one_way], strict=True))
    assert said == {scenario: scenario is not Scenario.INCOMING for scenario in Scenario}


def test_evidence_of_attempts() -> None:
    text = decide(ask(), Totals(rejected=2, rejected_until=THEN), FULL, REFUSED).text
    assert "none accepted: 2 clients to 10.1.0.9 on 22/TCP ssh; last seen" in text
    text = decide(ask(), Totals(rejected=3, rejected_until=THEN), FULL, REFUSED).text
    assert "none accepted: top by bytes 10.0.0.5 to 10.1.0.9 on 22/TCP ssh; last seen" in text


SILENT = [
    (THEN + timedelta(seconds=1), "In use: ", "last seen less than a minute ago (2026-11-20 08:05 UTC)."),
    (THEN - timedelta(minutes=5), "In use: ", "last seen less than a minute ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(minutes=90), "In use: ", "last seen 1 hour ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(hours=24, minutes=59), "In use: ", "last seen 1 day ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(hours=25), "In use, but silent for 1 day: ", "seen 1 day ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(days=3), "In use, but silent for 3 days: ", "seen 3 days ago (2026-11-20 08:05 UTC)."),
    (
        THEN + timedelta(days=90),
        "In use, but silent for 3 days: ",
        "last seen 3 days before the window ended (2026-11-20 08:05 UTC).",
    ),
]


@pytest.mark.parametrize(("now", "head", "end"), SILENT)
def test_traffic_that_ended_is_told_from_traffic_that_goes_on(now: datetime, head: str, end: str) -> None:
    """Daily traffic whose record is an hour late has not ended; and no window knows what came after it."""
    verdict = decide(ask(), ACCEPTED, FULL, (), now)
    assert verdict.code is Code.IN_USE
    assert verdict.text.startswith(head)
    assert verdict.text.endswith(end)


AFTERWARDS = [
    (Coverage(DAYS, DAYS[:9]), "no logs of 1 of 4 days (2026-11-23)"),
    (
        Coverage(DAYS, DAYS, skipdata=2, skipdata_days=(DAYS[0], DAYS[6])),
        "AWS lost records on 2026-11-20 (SKIPDATA)",
    ),
    (Coverage(DAYS, DAYS, gaps=gaps(9)), "none of account 000000000006 in us-east-1 on 2026-11-20"),
    (Coverage(DAYS, DAYS, problems=(Problem("a", "b"),)), "1 file could not be read wholly (b)"),
    (Coverage(DAYS, DAYS, strange=1), "1 record without a valid log-status"),
]


@pytest.mark.parametrize(("coverage", "missing"), AFTERWARDS)
def test_silence_is_doubted_where_the_logs_since_then_are_not_complete(
    coverage: Coverage, missing: str
) -> None:
    text = decide(ask(), ACCEPTED, coverage, (), WINDOW.until).text
    assert text.startswith("In use, but silent for 3 days: ")
    assert f" It may have gone on: since then, {missing}" in text


def test_silence_is_doubted_where_a_flow_log_may_have_stopped() -> None:
    """Complete logs, by those of another VPC: since the last day but one, none is of these networks."""
    coverage = replace(FULL, witnesses=Witnesses(50, 40, DAYS[:8]))
    text = decide(ask(home=HOME), ACCEPTED, coverage, (), WINDOW.until).text
    doubt = "on 2026-11-22, 2026-11-23 no record names any address of vpc-a or 10.1.0.0/16"
    assert text.endswith(f" It may have gone on: since then, {doubt}.")
    before = replace(FULL, witnesses=Witnesses(50, 40, DAYS[3:]))
    assert "gone on" not in decide(ask(home=HOME), ACCEPTED, before, (), WINDOW.until).text


def test_silence_is_not_doubted_for_what_was_lost_before() -> None:
    coverage = Coverage(DAYS, DAYS[1:], skipdata=2, skipdata_days=DAYS[1:3], gaps=gaps(6))
    assert decide(ask(), ACCEPTED, coverage, (), WINDOW.until).text.endswith("(2026-11-20 08:05 UTC).")
