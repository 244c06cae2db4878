"""Coverage: silence proves something only where nothing is missing."""

from datetime import date, timedelta

import pytest

from bot.domain.coverage import Coverage, CoverageRow, Gap, Problem, build_coverage

DAYS = tuple(date(2026, 11, 14) + timedelta(n) for n in range(4))
ONE, TWO = ("123456789012", "us-east-1"), ("210987654321", "eu-central-1")
PROBLEM = Problem("a.log.gz", "it is empty")


def row(day: int, status: str | None = "OK", records: int = 1, source: tuple[str, str] = ONE) -> CoverageRow:
    """So many records of the n-th day."""
    return CoverageRow(date(2026, 11, 14) + timedelta(day), *source, status, records)


def test_full() -> None:
    """Every day has records, NODATA among them, and nothing was lost."""
    rows = [row(0, "OK", 5), row(0, "NODATA", 2), row(1, "NODATA", 3), row(2), row(3)]
    coverage = build_coverage(DAYS, rows, ())
    assert coverage == Coverage(DAYS, DAYS, ok=7, nodata=5, sources=(ONE,))
    assert coverage.is_full
    assert coverage.days_missing == ()


def test_missing_days() -> None:
    coverage = build_coverage(DAYS, [row(3), row(1)], ())
    assert (coverage.days_present, coverage.days_missing) == ((DAYS[1], DAYS[3]), (DAYS[0], DAYS[2]))
    assert not coverage.is_full


def test_nothing_at_all() -> None:
    assert build_coverage(DAYS, [], ()) == Coverage(DAYS)
    assert Coverage(DAYS).days_missing == DAYS


def test_skipdata() -> None:
    """The days on which AWS lost records, each once, in order."""
    rows = [*map(row, range(4)), row(2, "SKIPDATA", 2), row(1, "SKIPDATA"), row(2, "SKIPDATA", 1, TWO)]
    coverage = build_coverage(DAYS, rows, ())
    assert (coverage.skipdata, coverage.skipdata_days) == (4, (DAYS[1], DAYS[2]))
    assert not coverage.is_full


@pytest.mark.parametrize("status", [None, "", "ok", "OK ", "FOO"])
def test_strange_status(status: str | None) -> None:
    """A record of an unknown status is counted, for it is neither traffic nor its absence."""
    coverage = build_coverage(DAYS, [*map(row, range(4)), row(0, status, 3)], ())
    assert (coverage.ok, coverage.strange, coverage.is_full) == (4, 3, False)


def test_other_days_do_not_count() -> None:
    """The day after the window is read for late records only; what is lost there is no loss of ours."""
    rows = [*map(row, range(5)), row(4, "SKIPDATA"), row(-1, "SKIPDATA"), row(4, "OK", 1, TWO)]
    assert build_coverage(DAYS, rows, ()) == Coverage(DAYS, DAYS, ok=4, sources=(ONE,))


def test_problem() -> None:
    coverage = build_coverage(DAYS, map(row, range(4)), [PROBLEM])
    assert coverage == Coverage(DAYS, DAYS, ok=4, problems=(PROBLEM,), sources=(ONE,))
    assert not coverage.is_full


def test_gap_of_one_source() -> None:
    """An account that delivered on some days only may have lost its logs on the others."""
    rows = [*map(row, range(4)), row(0, source=TWO), row(2, "NODATA", source=TWO)]
    coverage = build_coverage(DAYS, rows, ())
    assert coverage.gaps == (Gap(*TWO, (DAYS[1], DAYS[3])),)
    assert (coverage.days_missing, coverage.is_full) == ((), False)


def test_gaps_are_in_order_and_of_days_that_others_have() -> None:
    """A day without any logs is missing, and no gap of anybody's."""
    rows = [row(0, source=TWO), row(1, source=ONE), row(2, source=TWO)]
    assert build_coverage(DAYS, rows, ()).gaps == (
        Gap(*ONE, (DAYS[0], DAYS[2])),
        Gap(*TWO, (DAYS[1],)),
    )


def test_same_account_in_two_regions() -> None:
    rows = [*map(row, range(4)), row(1, source=(ONE[0], "eu-west-1"))]
    assert build_coverage(DAYS, rows, ()).gaps == (Gap(ONE[0], "eu-west-1", (DAYS[0], DAYS[2], DAYS[3])),)


FLAWS = [
    Coverage(DAYS, DAYS[:3]),
    Coverage(DAYS, DAYS, skipdata=1),
    Coverage(DAYS, DAYS, strange=1),
    Coverage(DAYS, DAYS, gaps=(Gap(*TWO, DAYS[:1]),)),
    Coverage(DAYS, DAYS, problems=(PROBLEM,)),
]


@pytest.mark.parametrize("coverage", FLAWS)
def test_one_flaw_is_enough(coverage: Coverage) -> None:
    assert not coverage.is_full


def test_sources_are_who_delivered_within_the_window() -> None:
    rows = [row(0, source=TWO), row(0), row(1), row(5, source=("999999999999", "us-east-1"))]
    assert build_coverage(DAYS, rows, ()).sources == (ONE, TWO)


def test_complete_days() -> None:
    """A day counts as complete only where nothing is known to be missing of anybody's."""
    rows = [row(0), row(1), row(3), row(1, "SKIPDATA"), row(0, source=TWO), row(1, source=TWO)]
    assert build_coverage(DAYS, rows, ()).days_complete == (DAYS[0],)
    assert build_coverage(DAYS, [*rows, row(0, "FOO")], ()).days_complete == ()
    assert build_coverage(DAYS, rows, [PROBLEM]).days_complete == ()


def test_later_days_alone() -> None:
    """What was lost before a day says nothing about what came after it."""
    gap = Gap(*TWO, (DAYS[0], DAYS[1]))
    coverage = Coverage(DAYS, (DAYS[0], *DAYS[2:]), skipdata=2, skipdata_days=DAYS[:2], gaps=(gap,))
    assert coverage.since(DAYS[1]) == Coverage(
        DAYS[1:], DAYS[2:], skipdata=2, skipdata_days=(DAYS[1],), gaps=(Gap(*TWO, (DAYS[1],)),)
    )
    assert coverage.since(DAYS[2]).is_full
    assert not Coverage(DAYS, DAYS, problems=(PROBLEM,)).since(DAYS[3]).is_full
    assert not Coverage(DAYS, DAYS, strange=1).since(DAYS[3]).is_full
