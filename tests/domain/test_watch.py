"""A watch for silence ends only where the logs prove the silence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.command import Limits, SetWatch, parse_command
from bot.domain.coverage import Coverage, Gap, Problem
from bot.domain.totals import Totals
from bot.domain.watch import is_silent
from bot.errors import RequestError

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAYS = tuple(date(2026, 11, 12) + timedelta(days=n) for n in range(9))  # eight whole days, and today
QUIET = Totals()


def heard(day: int) -> Totals:
    return Totals(1, 1, 1, 1, accepted=1, accepted_until=datetime(2026, 11, day, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("days", "totals", "present", "expected"),
    [
        (7, QUIET, DAYS, True),
        (8, QUIET, DAYS, True),
        (9, QUIET, DAYS, False),  # the window does not reach so far
        (7, heard(12), DAYS, True),
        (7, heard(13), DAYS, False),
        (7, heard(20), DAYS, False),
        (7, QUIET, DAYS[:-1], True),  # today's logs may not have come yet
        (7, QUIET, DAYS[:-2], False),  # yesterday's must have
        (7, QUIET, DAYS[2:], False),
        (7, QUIET, DAYS[1:], True),
    ],
)
def test_silence(days: int, totals: Totals, present: tuple[date, ...], expected: bool) -> None:
    assert is_silent(days, totals, Coverage(DAYS, present), NOW) is expected


@pytest.mark.parametrize(
    "flaw",
    [
        {"skipdata": 1, "skipdata_days": DAYS[5:6]},
        {"gaps": (Gap("123456789012", "eu-west-1", DAYS[5:6]),)},
        {"problems": (Problem("a.gz", "it is empty"),)},
        {"strange": 1},
    ],
)
def test_silence_is_not_believed_of_flawed_logs(flaw: dict[str, object]) -> None:
    assert not is_silent(7, QUIET, Coverage(DAYS, DAYS, **flaw), NOW)


def test_yesterday_proves_nothing_while_its_last_records_may_be_late() -> None:
    just_after = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert not is_silent(8, QUIET, Coverage(DAYS, DAYS), just_after)
    assert is_silent(7, QUIET, Coverage(DAYS, DAYS), just_after)


@pytest.mark.parametrize(
    ("ending", "is_report", "silent_days"),
    [
        ("", False, 0),
        ("report", True, 0),
        ("until silent for 7 days", False, 7),
        ("UNTIL silent 1 day", False, 1),
        ("report until silent for 7 days", True, 7),
    ],
)
def test_ending_of_a_watch(ending: str, is_report: bool, silent_days: int) -> None:
    command = parse_command(f"watch peering 10.1.0.0/16 days=8 every day at 09:00 {ending}", NOW)
    assert isinstance(command, SetWatch)
    assert (command.is_report, command.silent_days) == (is_report, silent_days)
    assert (command.line, str(command.schedule)) == ("peering 10.1.0.0/16 days=8", "every day at 09:00")


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        ("until friday", "“until friday” is no end: write until silent for 7 days."),
        ("until", "“until” is no end: write until silent for 7 days."),
        ("until silent for 0 days", "“until silent for 0 days” is no end: write until silent for 7 days."),
        (
            "until silent for 8 days",
            "To see 8 days of silence, and today, the question needs days=9 or more.",
        ),
    ],
)
def test_what_is_no_ending(ending: str, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse_command(f"watch peering 10.1.0.0/16 days=8 every day at 09:00 {ending}", NOW)
    assert refused.value.sentence == sentence
    assert isinstance(parse_command(refused.value.example, NOW), SetWatch)


@pytest.mark.parametrize(
    ("silent", "example"),
    [
        (8, "watch peering 10.1.0.0/16 days=9 every day at 09:00 until silent for 8 days"),
        (20, "watch peering 10.1.0.0/16 days=8 every day at 09:00"),
    ],
)
def test_too_short_a_question_is_lengthened_where_so_many_days_may_be_asked(
    silent: int, example: str
) -> None:
    line = f"watch peering 10.1.0.0/16 days=8 every day at 09:00 until silent for {silent} days"
    with pytest.raises(RequestError) as refused:
        parse_command(line, NOW, Limits(largest_days=10))
    assert refused.value.example == example
