"""The answer in one sentence, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.coverage import Coverage
from bot.domain.protocols import name_of
from bot.domain.question import Filters, Question
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.wording import count, list_days

_SHOWN_GAPS = 3


class Code(StrEnum):
    """What was found: an accepted conversation, only rejected ones, none for sure, or none as far as seen."""

    IN_USE = "in_use"
    ATTEMPTS_ONLY = "attempts_only"
    UNUSED = "unused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The verdict's code, and the text that a person reads."""

    code: Code
    text: str


def decide(question: Question, totals: Totals, coverage: Coverage) -> Verdict:
    """The verdict. It is `unused` only where the logs are complete; filtering by action never changes it."""
    code = _decide_code(totals, coverage)
    text = _WRITERS[code](question, totals, coverage)
    return Verdict(code, f"{_advise(code, coverage)} {text}" if question.is_disconnect else text)


def _advise(code: Code, coverage: Coverage) -> str:
    """Whether a network may be disconnected: only where the logs are complete and nothing gets through."""
    if code is Code.IN_USE:
        return "Not safe to disconnect."
    if not coverage.is_full:
        return "It cannot be told whether it is safe to disconnect."
    return "Safe to disconnect, as far as flow logs can tell."


def _decide_code(totals: Totals, coverage: Coverage) -> Code:
    if totals.accepted:
        return Code.IN_USE
    if totals.rejected:
        return Code.ATTEMPTS_ONLY
    return Code.UNUSED if coverage.is_full else Code.UNKNOWN


def _write_in_use(question: Question, totals: Totals, _: Coverage) -> str:
    seen = f"the last seen {_show_time(totals.accepted_until)}"
    return f"In use: {count(totals.accepted, 'accepted conversation')} {describe(question)}, {seen}."


def _write_attempts(question: Question, totals: Totals, coverage: Coverage) -> str:
    seen = f"the last {_show_time(totals.rejected_until)}"
    found = f"{count(totals.rejected, 'conversation')} {describe(question)}"
    said = f"Only rejected attempts: {found}, none accepted, {seen}."
    return (
        said
        if coverage.is_full
        else f"{said} Accepted traffic may be missing from the logs: {list_missing(coverage)}."
    )


def _write_unused(question: Question, _: Totals, coverage: Coverage) -> str:
    days = count(len(coverage.days_asked), "day")
    return f"Unused: no traffic {describe(question)} in {days}; every day is logged and no record was lost."


def _write_unknown(question: Question, _: Totals, coverage: Coverage) -> str:
    seen = f"no traffic {describe(question)} was seen"
    return f"Unknown: {seen}, but the logs are not complete: {list_missing(coverage)}."


_WRITERS = {
    Code.IN_USE: _write_in_use,
    Code.ATTEMPTS_ONLY: _write_attempts,
    Code.UNUSED: _write_unused,
    Code.UNKNOWN: _write_unknown,
}


def describe(question: Question) -> str:
    """The traffic that a question is about, to follow a noun: `between 10.1.0.0/16 and any other address`."""
    asked, home = str(question.asked), str(question.home) if question.home else ""
    return " ".join(
        filter(None, (_describe_sides(question.scenario, asked, home), _describe_filters(question.filters)))
    )


def _describe_sides(scenario: Scenario, asked: str, home: str) -> str:
    match scenario:
        case Scenario.EXTERNAL:
            return f"between {asked} and the outside"
        case Scenario.INTERNAL:
            return f"within {asked}"
        case Scenario.INCOMING:
            return f"from {asked} to {home}" if home else f"from {asked}"
    return f"between {home} and {asked}" if home else f"with {asked}"


def _describe_filters(filters: Filters) -> str:
    ports = f"on port {', '.join(map(str, filters.ports))}" if filters.ports else ""
    protocols = f"over {', '.join(map(name_of, filters.protocols))}" if filters.protocols else ""
    return " ".join(filter(None, (ports, protocols)))


def list_missing(coverage: Coverage) -> str:
    """What the logs lack, to follow a colon; empty where they are complete."""
    return "; ".join(_find_missing(coverage))


def _find_missing(coverage: Coverage) -> Iterator[str]:
    if missing := coverage.days_missing:
        asked = len(coverage.days_asked)
        yield f"no logs of {len(missing)} of {count(asked, 'day')} ({list_days(missing)})"
    for gap in coverage.gaps[:_SHOWN_GAPS]:
        where = f"account {gap.aws_account_id or '?'} in {gap.aws_region or '?'}"
        yield f"none of {where} on {list_days(gap.days)}"
    if more := coverage.gaps[_SHOWN_GAPS:]:
        yield f"gaps in {len(more):,} more of the accounts and regions"
    if coverage.skipdata:
        lost = count(coverage.skipdata, "SKIPDATA record")
        yield f"AWS lost records on {list_days(coverage.skipdata_days)} ({lost})"
    if coverage.problems:
        yield f"{count(len(coverage.problems), 'file')} could not be read wholly"
    if coverage.strange:
        yield f"{count(coverage.strange, 'record')} without a valid log-status"


def _show_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "at an unknown time"
