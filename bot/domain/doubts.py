"""What keeps the logs from proving that there was no traffic, and how to come to know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.domain.coverage import Coverage, Gap
from bot.domain.window import has_only_begun
from bot.domain.wording import count, list_days

_SHOWN_GAPS = 3


def list_missing(coverage: Coverage) -> str:
    """Everything that is known to be missing, after a colon: `no logs of 1 of 10 days (2026-11-23)`."""
    return "; ".join(_find_missing(coverage))


def _find_missing(coverage: Coverage) -> Iterator[str]:
    if missing := coverage.days_missing:
        asked = len(coverage.days_asked)
        yield f"no logs of {len(missing)} of {count(asked, 'day')} ({list_days(missing)})"
    for gap in coverage.gaps[:_SHOWN_GAPS]:
        yield f"none of {_write_source(gap)} on {list_days(gap.days)}"
    if more := coverage.gaps[_SHOWN_GAPS:]:
        yield f"gaps in {len(more):,} more of the accounts and regions"
    if coverage.skipdata:
        yield f"AWS lost records on {list_days(coverage.skipdata_days)} (SKIPDATA)"
    if problems := coverage.problems:
        first = "" if len(problems) == 1 else "the first: "
        yield f"{count(len(problems), 'file')} could not be read wholly ({first}{problems[0].reason})"
    if coverage.strange:
        yield f"{count(coverage.strange, 'record')} without a valid log-status"
    if not coverage.is_settled:
        yield "the window's last records may still be on their way"


def list_remedies(coverage: Coverage, now: datetime | None, unproven: Collection[date]) -> str:
    """What to do to come to know, to follow "To be sure, "; empty where nothing can be done.

    Days that are `unproven`, however complete their logs, are not proposed.
    """
    if not coverage.is_settled:
        return "ask again an hour after the window's end"
    if _is_under_way(coverage, now):
        return "ask again after 01:00 UTC: today's first logs may still be on their way"
    if not coverage.days_present:
        return "put the flow logs of these networks where the bot reads them, or ask about other days"
    return ", or ".join((*_find_repairs(coverage), *_find_other_days(coverage, now, unproven)))


def _is_under_way(coverage: Coverage, now: datetime | None) -> bool:
    """Whether nothing is missing but a day that has only begun."""
    if len(coverage.days_missing) != 1 or not has_only_begun(coverage.days_missing[0], now):
        return False
    return not (coverage.skipdata or coverage.strange or coverage.gaps or coverage.problems)


def _find_repairs(coverage: Coverage) -> Iterator[str]:
    if coverage.gaps:
        more = f" and {len(coverage.gaps) - 1:,} more" if len(coverage.gaps) > 1 else ""
        yield f"turn on, or deliver, the flow logs of {_write_source(coverage.gaps[0])}{more}"
    elif coverage.days_missing:
        yield "put the missing days' flow logs where the bot reads them"
    if any(problem.is_of_format for problem in coverage.problems):
        yield "make a flow log that writes those fields, too, and ask about its days"
    if any(not problem.is_of_format for problem in coverage.problems):
        yield "mend or replace what could not be read"


def _find_other_days(coverage: Coverage, now: datetime | None, unproven: Collection[date]) -> Iterator[str]:
    proving = [day for day in coverage.days_complete if day not in unproven]
    over = [day for day in proving if now is None or day < now.date()]
    if span := _find_longest_run(over):
        yield f"ask with from={span[0]} to={span[-1]}: {count(len(span), 'complete day')}"
    elif coverage.skipdata:
        yield "ask about other days: what AWS lost cannot be had again"


def _find_longest_run(days: Sequence[date]) -> tuple[date, ...]:
    """The longest run of consecutive days, the latest of those that are equally long."""
    runs = (
        tuple(day for _, day in run)
        for _, run in groupby(enumerate(days), key=lambda each: each[1] - timedelta(days=each[0]))
    )
    return max(reversed(list(runs)), key=len, default=())


def _write_source(gap: Gap) -> str:
    return f"account {gap.aws_account_id or '?'} in {gap.aws_region or '?'}"
