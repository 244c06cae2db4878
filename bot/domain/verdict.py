"""The answer in one sentence, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage
from bot.domain.doubts import list_missing, list_remedies
from bot.domain.evidence import (
    find_silence,
    has_no_reply,
    write_bytes_of,
    write_hosts,
    write_last_seen,
)
from bot.domain.protocols import name_of
from bot.domain.question import Action, Filters, Question
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.window import Window
from bot.domain.wording import count, join_up_to, write_span

_SHOWN = 20
_WEEK = timedelta(days=7)


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


@dataclass(frozen=True)
class _Finding:
    """Everything that a verdict is made from."""

    question: Question
    totals: Totals
    coverage: Coverage
    talkers: Sequence[Conversation]
    now: datetime | None


def decide(
    question: Question,
    totals: Totals,
    coverage: Coverage,
    talkers: Sequence[Conversation] = (),
    now: datetime | None = None,
) -> Verdict:
    """The verdict. It is `unused` only where the logs are complete; filtering by action never changes it.

    `talkers` are the largest conversations, for the text's evidence. Without `now` the text does not say how
    long ago traffic was seen, nor whether it has fallen silent.
    """
    code = _decide_code(totals, coverage)
    text = _WRITERS[code](_Finding(question, totals, coverage, talkers, now))
    if question.is_disconnect:
        text = f"{_advise(code, question, coverage)} {text}{_doubt_span(code, question.window, now)}"
    return Verdict(code, text)


def _advise(code: Code, question: Question, coverage: Coverage) -> str:
    """Whether a network may be disconnected: only where the logs are complete and nothing gets through.

    What was asked of some ports or protocols tells nothing of the others, which are disconnected as well.
    """
    if code is Code.IN_USE:
        return "Not safe to disconnect."
    untold = "It cannot be told whether it is safe to disconnect"
    if part := describe_filters(question.filters):
        return f"{untold}: only traffic {part} was asked about; ask without that filter."
    if not coverage.is_full:
        return f"{untold}."
    return "Safe to disconnect, as far as flow logs can tell."


def _doubt_span(code: Code, window: Window, now: datetime | None) -> str:
    """That little time was looked at, where nothing that gets through was seen in it."""
    span = min(window.until, now or window.until) - window.since
    if code is Code.IN_USE or span >= _WEEK:
        return ""
    return " Less than a week was looked at: what happens once a week or a month may not be in it."


def _decide_code(totals: Totals, coverage: Coverage) -> Code:
    if totals.accepted:
        return Code.IN_USE
    if totals.rejected:
        return Code.ATTEMPTS_ONLY
    return Code.UNUSED if coverage.is_full else Code.UNKNOWN


def _write_in_use(finding: _Finding) -> str:
    question, totals = finding.question, finding.totals
    silence = find_silence(totals.accepted_until, question.window, finding.now)
    head = f"In use, but silent for {write_span(silence)}" if silence else "In use"
    found = f"{count(totals.accepted, 'accepted conversation')} {describe(question)}"
    seen = write_last_seen(totals.accepted_until, question.window, finding.now)
    said = f"{head}: {found}{_write_traffic(finding)}; {seen}"
    return f"{said}.{_doubt_silence(finding)}" if silence else f"{said}."


def _write_traffic(finding: _Finding) -> str:
    """The hosts, services and bytes of accepted traffic, as far as the talkers tell.

    What is incoming is one way by its question: the replies may be in the logs all the same.
    """
    number = finding.totals.accepted
    found = [talker for talker in finding.talkers if talker.action == Action.ACCEPT]
    if not found:
        return ""
    is_told = len(found) == number and finding.question.scenario is not Scenario.INCOMING
    reply = ", no reply logged" if is_told and has_no_reply(found) else ""
    return f": {_write_hosts(found, number, finding)}, {write_bytes_of(found, number)} in all{reply}"


def _write_hosts(found: Sequence[Conversation], number: int, finding: _Finding) -> str:
    """The hosts of conversations, of which there are `number`, or the top one where more are not known."""
    whole = len(found) == number
    return write_hosts(found) if whole else f"top by {finding.question.measure} {write_hosts(found[:1])}"


def _doubt_silence(finding: _Finding) -> str:
    """What may have hidden that traffic went on after it was last seen."""
    last_seen = finding.totals.accepted_until
    after = finding.coverage.since(last_seen.date()) if last_seen else finding.coverage
    return "" if after.is_full else f" It may have gone on: since then, {list_missing(after)}."


def _write_attempts(finding: _Finding) -> str:
    question, totals, coverage = finding.question, finding.totals, finding.coverage
    found = f"{count(totals.rejected, 'conversation')} {describe(question)}"
    seen = write_last_seen(totals.rejected_until, question.window, finding.now)
    said = f"Only rejected attempts: {found}, none accepted{_write_attempted(finding)}; {seen}."
    if coverage.is_full:
        return said
    doubt = f"Accepted traffic may be missing from the logs: {list_missing(coverage)}."
    return f"{said} {doubt}{_write_remedies(finding)}"


def _write_attempted(finding: _Finding) -> str:
    found = [talker for talker in finding.talkers if talker.action == Action.REJECT]
    return f": {_write_hosts(found, finding.totals.rejected, finding)}" if found else ""


def _write_unused(finding: _Finding) -> str:
    coverage = finding.coverage
    span = _write_window(finding)
    logged = (
        f"every day of {_write_sources(coverage)} is logged" if coverage.sources else "every day is logged"
    )
    return f"Unused: no traffic {describe(finding.question)} {span}; {logged} and no record was lost."


def _write_window(finding: _Finding) -> str:
    """How long a window is: in days, or where times were named, from when to when."""
    window = finding.question.window
    if window.by_time:
        return f"from {window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M} UTC"
    return f"in {count(len(finding.coverage.days_asked), 'day')}"


def _write_sources(coverage: Coverage) -> str:
    if len(coverage.sources) == 1:
        account, region = coverage.sources[0]
        return f"account {account or '?'} in {region or '?'}"
    return f"all {len(coverage.sources):,} accounts and regions"


def _write_unknown(finding: _Finding) -> str:
    seen = f"no traffic {describe(finding.question)} was seen"
    missing = f"the logs are not complete: {list_missing(finding.coverage)}."
    return f"Unknown: {seen}, but {missing}{_write_remedies(finding)}"


def _write_remedies(finding: _Finding) -> str:
    remedies = list_remedies(finding.coverage, finding.now)
    return f" To be sure, {remedies}." if remedies else ""


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
        filter(None, (_describe_sides(question.scenario, asked, home), describe_filters(question.filters)))
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


def describe_filters(filters: Filters) -> str:
    """The ports and protocols that are asked about: `on port 443 over TCP`; empty where all are."""
    ports = f"on port {join_up_to([*map(str, filters.ports)], _SHOWN, 'port')}" if filters.ports else ""
    protocols = (
        f"over {join_up_to([*map(name_of, filters.protocols)], _SHOWN, 'protocol')}"
        if filters.protocols
        else ""
    )
    return " ".join(filter(None, (ports, protocols)))
