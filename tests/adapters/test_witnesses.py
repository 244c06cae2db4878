"""Whose logs they are, from the files to the verdict: silence in the logs of others is no silence of these.

Each question is asked twice: as the engine reads logs, leaving records out of the scan, and with all of them in
it. Whoever is witnessed must not depend on that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters import flowlog_candidates
from bot.domain.answer import Answer
from bot.domain.coverage import Witnesses
from bot.domain.question import Action, Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.verdict import Advice, Code
from tests.adapters.logs import DAY, ask, block, line, name_file, place_plain, put_lines, status_line, window

PEER, HOME = Side((block("10.1.0.0/24"),)), Side((block("10.0.0.0/20"), block("10.9.0.0/16")), "vpc-a")
DAYS = tuple(DAY + timedelta(days=number) for number in range(3))
STRANGERS = [line(srcaddr=f"10.77.0.{n}", dstaddr="203.0.113.7") for n in range(20)]
"""What another VPC of the same account and Region logs, day after day."""
OF_HOME = [
    line(srcaddr="10.0.15.255", dstaddr="203.0.113.7"),
    line(srcaddr="203.0.113.7", dstaddr="10.9.255.1"),
]
OF_PEER = [line(srcaddr="10.1.0.7", dstaddr="203.0.113.7")]
BESIDE = [line(srcaddr="10.0.16.0", dstaddr="10.90.1.1"), line(srcaddr="10.1.1.0", dstaddr="2001:db8::1")]

Ask = Callable[..., Answer]


def silent(scenario: Scenario = Scenario.PEERING, home: Side | None = HOME) -> Question:
    return Question(scenario, PEER, window(days=len(DAYS)), home, is_disconnect=scenario is Scenario.PEERING)


def log(root: Path, *days: list[str]) -> Path:
    """A file of each day."""
    for day, lines in zip(DAYS, days, strict=True):
        put_lines(root, *lines, place=place_plain(day), name=name_file(day) + ".log.gz")
    return root


@pytest.fixture(params=["left out", "all in the scan"])
def answer(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask about three days of logs."""
    if request.param == "all in the scan":
        monkeypatch.setattr(flowlog_candidates, "_LARGE_SHARE", -1)

    def ask_about(question: Question, *days: list[str]) -> Answer:
        return ask(tmp_path, log(tmp_path / "logs", *days), question)

    return ask_about


def test_logs_of_other_networks(answer: Ask) -> None:
    """Complete, and not theirs: whoever believed them would cut a connection that is in use."""
    found = answer(silent(), *[STRANGERS + BESIDE] * 3)
    assert (found.verdict.code, found.verdict.advice) == (Code.UNUSED, Advice.UNTOLD)
    assert found.coverage.witnesses == Witnesses(0, 0, ())
    assert found.verdict.text.startswith(
        "It cannot be told whether it is safe to disconnect. Unused: no traffic "
    )
    assert "is logged and no record was lost" not in found.verdict.text
    assert "no record of these days names any address of vpc-a or 10.1.0.0/24" in found.verdict.text


@pytest.mark.parametrize("alone", [OF_HOME, OF_PEER])
def test_logs_of_one_side_are_enough(answer: Ask, alone: list[str]) -> None:
    """What the two exchange would be in either's flow log."""
    found = answer(silent(), *[STRANGERS + BESIDE + alone] * 3)
    assert found.coverage.witnesses == Witnesses(3 * len(alone), 3 * len(alone), DAYS)
    assert (found.verdict.code, found.verdict.advice) == (Code.UNUSED, Advice.SAFE)
    assert (
        "every day of account 123456789012 in us-east-1 is logged and no record was lost."
        in found.verdict.text
    )


def test_flow_log_that_stopped_while_anothers_goes_on(answer: Ask) -> None:
    """The account and Region still deliver, so that no gap shows it."""
    found = answer(silent(), STRANGERS + OF_HOME, STRANGERS + BESIDE, STRANGERS + OF_PEER)
    assert found.coverage.witnesses == Witnesses(3, 3, (DAYS[0], DAYS[2]))
    assert (found.verdict.code, found.verdict.advice) == (Code.UNUSED, Advice.UNTOLD)
    said = (
        f"But on {DAYS[1]} no record names any address of vpc-a or 10.1.0.0/24: a flow log may have stopped."
    )
    assert said in found.verdict.text


def refuse(lines: list[str]) -> list[str]:
    return [record.replace("ACCEPT", "REJECT") for record in lines]


def test_flow_log_of_rejected_traffic_alone(answer: Ask) -> None:
    """No accepted record can ever be there. That others' logs have some proves nothing."""
    found = answer(silent(), *[STRANGERS + refuse(OF_HOME)] * 3)
    assert found.coverage.witnesses == Witnesses(6, 0, DAYS)
    assert (found.verdict.code, found.verdict.advice) == (Code.UNUSED, Advice.UNTOLD)
    assert (
        "But all 6 records that name any address of vpc-a or 10.1.0.0/24 are of rejected"
        in found.verdict.text
    )
    attempt = line(srcaddr="10.1.0.7", dstaddr="10.0.0.9", action="REJECT")
    found = answer(silent(), *[[*STRANGERS, *refuse(OF_HOME), attempt]] * 3)
    assert (found.verdict.code, found.verdict.advice) == (Code.ATTEMPTS_ONLY, Advice.UNTOLD)
    assert "All 9 records that name" in found.verdict.text


def test_one_block_alone_is_asked_of_logs_that_are_presumed_to_be_its_own(answer: Ask) -> None:
    """Every record of traffic is a witness, of IPv6 too, and a quiet day is no doubt."""
    found = answer(silent(home=None), STRANGERS + BESIDE, [status_line("NODATA")], refuse(STRANGERS))
    assert found.coverage.witnesses == Witnesses(42, 22, (DAYS[0], DAYS[2]))
    assert (found.verdict.code, found.verdict.advice) == (Code.UNUSED, Advice.SAFE)
    found = answer(silent(home=None), *[refuse(STRANGERS)] * 3)
    assert found.verdict.advice is Advice.UNTOLD
    assert "But all 60 records that say OK are of rejected traffic" in found.verdict.text


@pytest.mark.parametrize("scenario", [Scenario.EXTERNAL, Scenario.INTERNAL])
def test_question_about_one_network_has_its_own_records_for_witnesses(
    answer: Ask, scenario: Scenario
) -> None:
    found = answer(silent(scenario, None), *[STRANGERS + BESIDE + OF_HOME] * 3)
    assert found.coverage.witnesses == Witnesses(0, 0, ())
    assert found.verdict.code is Code.UNUSED
    assert "names any address of 10.1.0.0/24: these logs may not be its own." in found.verdict.text


def test_status_of_a_record_without_traffic_is_no_witness(answer: Ask) -> None:
    """Some carry addresses all the same."""
    ghost = line(srcaddr="10.1.0.7", dstaddr="10.0.0.9", **{"log-status": "NODATA"})
    assert answer(silent(), *[[*STRANGERS, ghost]] * 3).coverage.witnesses == Witnesses(0, 0, ())


def test_filters_narrow_no_witnesses(answer: Ask) -> None:
    filters = Filters((5432,), (17,), Action.REJECT)
    narrowed = Question(Scenario.INCOMING, PEER, window(days=3), HOME, filters)
    assert answer(narrowed, *[STRANGERS + OF_HOME] * 3).coverage.witnesses == Witnesses(6, 6, DAYS)


def test_network_of_very_many_blocks(tmp_path: Path) -> None:
    """It takes another way to the same numbers."""
    home = Side(tuple(block(f"10.9.{n}.0/25") for n in range(70)), "vpc-a")
    logs = log(tmp_path / "logs", *[[*STRANGERS, line(srcaddr="10.9.69.9", dstaddr="10.9.7.200")]] * 3)
    assert ask(tmp_path, logs, silent(home=home)).coverage.witnesses == Witnesses(3, 3, DAYS)
