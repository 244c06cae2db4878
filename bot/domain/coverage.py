"""What the logs can know about a window."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.window import Window

LACKS = "it lacks "
"""What a problem says first of a file whose format is without a field that is needed."""


@dataclass(frozen=True)
class Problem:
    """A file that could not be read, or not wholly: its path in the logs, and why, as a sentence's end.

    `day` is its partition, where its path tells one.
    """

    file: str
    reason: str
    day: date | None = field(default=None, compare=False)  # which the path says already

    @property
    def is_of_format(self) -> bool:
        """Whether whoever made the flow log left out a field, so that the file is as it was meant to be."""
        return LACKS in self.reason


@dataclass(frozen=True)
class Gap:
    """An account and region that delivered logs on some of the asked days, but on none of `days`."""

    aws_account_id: str
    aws_region: str
    days: tuple[date, ...]


@dataclass(frozen=True)
class CoverageRow:
    """How many records of one log-status an account and region delivered on one day.

    `witnesses` are those of them that are of traffic of the networks asked about (`Question.witnessed`), and
    `accepted_witnesses` those that were accepted; None where a result does not tell.
    """

    day: date
    aws_account_id: str
    aws_region: str
    log_status: str | None
    records: int
    witnesses: int | None = None
    accepted_witnesses: int | None = None


@dataclass(frozen=True)
class Witnesses:
    """The records that show that the logs are those of the networks asked about.

    How many there are on the asked days, how many of them were accepted, and the days that have any.
    """

    records: int
    accepted: int
    days: tuple[date, ...]


@dataclass(frozen=True)
class Coverage:
    """The days that were asked about, those of them with records, and how many records of each status.

    `strange` counts records whose log-status is none of AWS's three; `sources` are the accounts and regions
    that delivered any. `is_settled` is the window's own. `witnesses` tells whether the logs are of the
    networks asked about, and not how complete they are; None where that is not known.
    """

    days_asked: tuple[date, ...]
    days_present: tuple[date, ...] = ()
    ok: int = 0
    nodata: int = 0
    skipdata: int = 0
    strange: int = 0
    skipdata_days: tuple[date, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    is_settled: bool = True
    witnesses: Witnesses | None = None

    @property
    def days_missing(self) -> tuple[date, ...]:
        """The asked days of which there is not one record."""
        present = set(self.days_present)
        return tuple(day for day in self.days_asked if day not in present)

    @property
    def days_unwitnessed(self) -> tuple[date, ...]:
        """The days with records of which not one is a witness; none where that is not known."""
        witnessed = set(self.days_present if self.witnesses is None else self.witnesses.days)
        return tuple(day for day in self.days_present if day not in witnessed)

    @property
    def is_full(self) -> bool:
        """Whether the absence of traffic in these logs proves that there was none."""
        flaws = self.days_missing or self.skipdata or self.strange or self.gaps or self.problems
        return self.is_settled and not flaws

    @property
    def days_complete(self) -> tuple[date, ...]:
        """The days of which nothing is missing; none of them where what is missing could be of any day."""
        if self.problems or self.strange:
            return ()
        flawed = {*self.skipdata_days, *(day for gap in self.gaps for day in gap.days)}
        sound = {*self.days_present} - flawed
        return tuple(day for day in self.days_asked if day in sound)

    def since(self, day: date) -> Coverage:
        """The coverage of the asked days from `day` on; records are counted as over all days."""
        gaps = (replace(gap, days=_keep_since(day, gap.days)) for gap in self.gaps)
        skipdata_days, witnesses = _keep_since(day, self.skipdata_days), self.witnesses
        return replace(
            self,
            days_asked=_keep_since(day, self.days_asked),
            days_present=_keep_since(day, self.days_present),
            skipdata=self.skipdata if skipdata_days else 0,
            skipdata_days=skipdata_days,
            gaps=tuple(gap for gap in gaps if gap.days),
            witnesses=witnesses and replace(witnesses, days=_keep_since(day, witnesses.days)),
        )


def cover(
    window: Window,
    rows: Iterable[CoverageRow],
    problems: Iterable[Problem],
    delivering: Iterable[tuple[str, str]] = (),
) -> Coverage:
    """Coverage of a window, of what a scan found in it and around it."""
    coverage = build_coverage(window.days, rows, find_problems(window, problems), delivering)
    return replace(coverage, is_settled=window.is_settled)


def find_problems(window: Window, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The files that may hold records of a window."""
    return tuple(
        problem
        for problem in problems
        if problem.day is None or window.first_day <= problem.day <= window.last_day
    )


def build_coverage(
    days_asked: Sequence[date],
    rows: Iterable[CoverageRow],
    problems: Iterable[Problem],
    delivering: Iterable[tuple[str, str]] = (),
) -> Coverage:
    """Coverage of the asked days; rows of other days (read for late records) do not count.

    `delivering` are accounts and regions that are known to deliver, though maybe on none of the asked days.
    """
    asked = set(days_asked)
    counted = [row for row in rows if row.day in asked]
    records: Counter[str | None] = Counter()
    for row in counted:
        records[row.log_status] += row.records
    ok, nodata, skipdata = records["OK"], records["NODATA"], records["SKIPDATA"]
    return Coverage(
        days_asked=tuple(days_asked),
        days_present=tuple(sorted({row.day for row in counted})),
        ok=ok,
        nodata=nodata,
        skipdata=skipdata,
        strange=records.total() - ok - nodata - skipdata,
        skipdata_days=tuple(sorted({row.day for row in counted if row.log_status == "SKIPDATA"})),
        gaps=_find_gaps(counted, delivering),
        problems=tuple(problems),
        sources=tuple(sorted({(row.aws_account_id, row.aws_region) for row in counted})),
        witnesses=_count_witnesses(counted),
    )


def _count_witnesses(rows: Sequence[CoverageRow]) -> Witnesses | None:
    if not rows or any(row.witnesses is None for row in rows):
        return None
    return Witnesses(
        records=sum(row.witnesses or 0 for row in rows),
        accepted=sum(row.accepted_witnesses or 0 for row in rows),
        days=tuple(sorted({row.day for row in rows if row.witnesses})),
    )


def _keep_since(first: date, days: Iterable[date]) -> tuple[date, ...]:
    return tuple(day for day in days if day >= first)


def _find_gaps(rows: Iterable[CoverageRow], delivering: Iterable[tuple[str, str]]) -> tuple[Gap, ...]:
    days_of: dict[tuple[str, str], set[date]] = defaultdict(set, {source: set() for source in delivering})
    for row in rows:
        days_of[row.aws_account_id, row.aws_region].add(row.day)
    every: set[date] = set().union(*days_of.values())
    missing = {source: tuple(sorted(every - days)) for source, days in sorted(days_of.items())}
    return tuple(Gap(*source, days) for source, days in missing.items() if days)
