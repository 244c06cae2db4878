"""What changed is claimed only where the logs of the window that would tell are complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.changes import Change, ChangeList, Comparison, Extent, complete_lists, find_unsure
from bot.domain.coverage import Coverage, CoverageRow, Problem, build_coverage, find_problems
from bot.domain.question import Compared, Measure
from bot.domain.window import Window, build_previous

WINDOW = Window(datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC))
COMPARED = Compared(build_previous(WINDOW, 366))
FULL = Coverage(WINDOW.days, WINDOW.days)
LACKING = Coverage(WINDOW.days, WINDOW.days[1:])
PROVEN = Comparison(WINDOW, COMPARED, Measure.BYTES, FULL, FULL, Extent.WHOLE)
DOUBT = "No record of these days names any address of 10.1.0.0/16."


@pytest.mark.parametrize(
    ("coverage", "previous", "extent", "unsure"),
    [
        (FULL, FULL, Extent.WHOLE, ""),
        (LACKING, FULL, Extent.WHOLE, "gone"),
        (FULL, LACKING, Extent.WHOLE, "new grown"),
        (LACKING, LACKING, Extent.WHOLE, "new gone grown"),
        (FULL, FULL, Extent.LARGEST, "new"),
        (FULL, FULL, Extent.NOTHING, "new"),
    ],
)
def test_silence_proves_something_only_in_complete_logs(
    coverage: Coverage, previous: Coverage, extent: Extent, unsure: str
) -> None:
    comparison = replace(PROVEN, coverage=coverage, previous_coverage=previous, extent=extent)
    assert find_unsure(comparison) == {Change(word) for word in unsure.split()}


def test_day_that_is_not_over_proves_no_absence() -> None:
    still_open = replace(COMPARED, is_asked_over=False)
    assert find_unsure(replace(PROVEN, compared=still_open)) == {Change.GONE}


def test_of_hours_nothing_is_sure() -> None:
    """Coverage is known by the day."""
    assert find_unsure(replace(PROVEN, window=replace(WINDOW, by_time=True))) == set(Change)


def test_complete_logs_of_others_prove_no_absence() -> None:
    assert find_unsure(replace(PROVEN, doubt=DOUBT)) == {Change.GONE}
    assert find_unsure(replace(PROVEN, previous_doubt=DOUBT)) == {Change.NEW, Change.GROWN}


def test_account_that_began_to_deliver_makes_everything_of_it_seem_new() -> None:
    """In a window by itself, who never delivered is no gap; known from the other window, it is one."""
    rows = [CoverageRow(day, "1" * 12, "us-east-1", "OK", 1) for day in WINDOW.days]
    assert build_coverage(WINDOW.days, rows, ()).is_full
    known = [("1" * 12, "us-east-1"), ("2" * 12, "us-east-1")]
    (gap,) = build_coverage(WINDOW.days, rows, (), known).gaps
    assert (gap.aws_account_id, gap.days) == ("2" * 12, WINDOW.days)


@pytest.mark.parametrize(("day", "counts"), [(13, False), (14, True), (15, True), (16, False), (None, True)])
def test_file_that_could_not_be_read_counts_for_its_day(day: int | None, counts: bool) -> None:
    """One of the window before leaves the answer as it is; one of no known day may be of any."""
    problem = Problem("a.log.gz", "it is empty", date(2026, 11, day) if day else None)
    assert bool(find_problems(WINDOW, [problem])) is counts


def test_late_folder_of_a_window_of_times_counts() -> None:
    hours = Window(WINDOW.since, WINDOW.until - timedelta(minutes=1), by_time=True)
    assert find_problems(hours, [Problem("a.log.gz", "it is empty", date(2026, 11, 16))])


def test_every_change_has_its_list() -> None:
    lists = complete_lists([ChangeList(Change.GONE, 3)], {Change.GONE})
    assert [(each.change, each.conversations) for each in lists] == [
        (Change.NEW, 0),
        (Change.GONE, 3),
        (Change.GROWN, 0),
    ]
