"""What is news about a watch's look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import create_autospec

import pytest

from bot.domain.answer import Answer
from bot.domain.cidr import parse_block
from bot.domain.cost import Cost
from bot.domain.coverage import Coverage, Witnesses
from bot.domain.question import Question, Side
from bot.domain.run import Asked, Run, Scanned
from bot.domain.scenario import Scenario
from bot.domain.schedule import parse_schedule
from bot.domain.totals import Totals
from bot.domain.verdict import decide
from bot.domain.watch import Watch
from bot.domain.window import build_window_of_days
from bot.services.ports import WatchStore
from bot.services.watches import News

ASKED = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)


QUESTION = Question(
    Scenario.PEERING, Side((parse_block("10.9.0.0/16").block,)), build_window_of_days(2, ASKED, 366)
)
COMPLETE = Coverage(QUESTION.window.days, QUESTION.window.days)


def ends(coverage: Coverage, silent_days: int) -> bool:
    """Whether a watch ends at a look that found no traffic."""
    verdict = decide(QUESTION, Totals(), coverage)
    answer = Answer(QUESTION, coverage, Totals(), False, verdict, [], Cost(0, 0), 3.0, "SELECT 1", "DuckDB")
    schedule = parse_schedule("every day at 23:50".split())
    watch = Watch("w", "U1", "C1", "peering 10.9.0.0/16", schedule, "UTC", ASKED, silent_days=silent_days)
    store = create_autospec(WatchStore, instance=True)
    store.find.return_value = [watch]
    run = Run("r", Asked("k", "C1", "U1", watch.line, ASKED, watch_id="w"))
    run = replace(run, scanned=Scanned("result", ASKED + timedelta(hours=2), Cost(0, 0)))
    News(store).remember(run, answer, [])
    return bool(store.remove.called)


@pytest.mark.parametrize(("silent_days", "expected"), [(1, True), (2, False)])
def test_day_that_ended_while_it_was_scanned_is_no_whole_day(silent_days: int, expected: bool) -> None:
    """Its last hours were not there to be read when the watch asked."""
    assert ends(COMPLETE, silent_days) is expected


@pytest.mark.parametrize(("accepted", "expected"), [(0, False), (1, True)])
def test_log_of_rejected_traffic_alone_ends_no_watch(accepted: int, expected: bool) -> None:
    """No accepted record can ever be in it."""
    witnesses = Witnesses(9, accepted, QUESTION.window.days)
    assert ends(replace(COMPLETE, witnesses=witnesses), 1) is expected
