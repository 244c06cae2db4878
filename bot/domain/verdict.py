"""The answer in one sentence, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

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
from bot.domain.witnesses import doubt_days, doubt_witnesses, find_unproven
from bot.domain.wording import count, join_up_to, write_span

_SHOWN = 20
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_LOWEST_OF_CLIENTS = 32_768
"""The lowest port that Linux gives to clients; others begin higher still."""


class Code(StrEnum):
    """What was found: an accepted conversation, only rejected ones, none for sure, or none as far as seen."""

    IN_USE = "in_use"
    ATTEMPTS_ONLY = "attempts_only"
    UNUSED = "unused"
    UNKNOWN = "unknown"


class Advice(StrEnum):
    """Whether a network may be disconnected, as far as flow logs can tell."""

    SAFE = "safe"
    NOT_SAFE = "not_safe"
    UNTOLD = "untold"


@dataclass(frozen=True)
class Verdict:
    """The verdict's code, the text that a person reads, and the advice where it was asked for."""

    code: Code
    text: str
    advice: Advice | None = None


@dataclass(frozen=True)
class _Finding:
    """Everything that a verdict is made from."""

    question: Question
    totals: Totals
    coverage: Coverage
    talkers: Sequence[Conversation]
    now: datetime | None

    @property
    def until(self) -> datetime:
        """How far the logs can know anything: the window's end, or now where that is earlier."""
        until = self.question.window.until
        return min(until, self.now) if self.now else until

    @property
    def span(self) -> timedelta:
        """How much time was looked at."""
        return self.until - self.question.window.since

    @property
    def is_under_way(self) -> bool:
        """Whether the window is not over yet."""
        return self.until < self.question.window.until

    @cached_property
    def doubt(self) -> str:
        """Why these logs may not know of the traffic at all, complete or not; empty where they do."""
        return doubt_witnesses(self.question, self.coverage, self.now)


def decide(
    question: Question,
    totals: Totals,
    coverage: Coverage,
    talkers: Sequence[Conversation] = (),
    now: datetime | None = None,
) -> Verdict:
    """The verdict. It is `unused` only where the logs are complete; filtering by action never changes it.

    Whose logs they are changes only the text and the advice.

    `talkers` are the largest conversations, for the text's evidence. Without `now` the text does not say how
    long ago traffic was seen, nor whether it has fallen silent.
    """
    finding = _Finding(question, totals, coverage, talkers, now)
    code = _decide_code(totals, coverage)
    text = f"{_WRITERS[code](finding)}{_doubt_logs(code, finding)}{_doubt_ports(code, question.filters)}"
    if not question.is_disconnect:
        return Verdict(code, text)
    advice, advised = _advise(code, finding)
    return Verdict(
        code, f"{advised} {text}{_doubt_span(advice, finding)}{_doubt_age(advice, finding)}", advice
    )


def _advise(code: Code, finding: _Finding) -> tuple[Advice, str]:
    """Whether a network may be disconnected: only where its logs are complete and nothing gets through.

    What was asked of some ports or protocols tells nothing of the others, which are disconnected as well, and
    a part of a day nothing of what happens at another hour.
    """
    if code is Code.IN_USE:
        return Advice.NOT_SAFE, "Not safe to disconnect."
    untold = "It cannot be told whether it is safe to disconnect"
    if part := describe_filters(finding.question.filters):
        return Advice.UNTOLD, f"{untold}: only traffic {part} was asked about; ask without that filter."
    if finding.span < _DAY:
        looked = f"only the traffic of {write_span(finding.span)} was looked at"
        return Advice.UNTOLD, f"{untold}: {looked}; ask about more days."
    if finding.doubt or not finding.coverage.is_full:
        return Advice.UNTOLD, f"{untold}."
    return Advice.SAFE, "Safe to disconnect, as far as flow logs can tell."


def _doubt_logs(code: Code, finding: _Finding) -> str:
    """That the logs may not know of the traffic, where nothing that gets through was seen."""
    if code is Code.IN_USE or not finding.doubt:
        return ""
    said = finding.doubt
    return f" But {said[0].lower()}{said[1:]}" if code is Code.UNUSED else f" {said}"


def _doubt_ports(code: Code, filters: Filters) -> str:
    """That a port as high as clients' may be missed, where nothing that gets through was seen on it."""
    high = [port for port in filters.ports if port >= _LOWEST_OF_CLIENTS]
    if code is Code.IN_USE or not high:
        return ""
    return (
        f" Port {high[0]} was looked for as the lower one of the two: a server on it is missed where clients "
        "use lower ones; ask without that filter to be sure."
    )


def _doubt_span(advice: Advice, finding: _Finding) -> str:
    """That little time was looked at, where nothing that gets through was seen in it."""
    if advice is Advice.NOT_SAFE or not _DAY <= finding.span < _WEEK:
        return ""
    return " Less than a week was looked at: what happens once a week or a month may not be in it."


def _doubt_age(advice: Advice, finding: _Finding) -> str:
    """That the window ended long ago, where nothing that gets through was seen in it."""
    if advice is not Advice.SAFE or finding.now is None or finding.now - finding.until < _DAY:
        return ""
    return f" What happened since {finding.until:%Y-%m-%d %H:%M} UTC was not looked at."


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
    doubts = [list_missing(after), doubt_days(finding.question, after, finding.now)]
    said = "; ".join(filter(None, doubts))
    return f" It may have gone on: since then, {said}." if said else ""


def _write_attempts(finding: _Finding) -> str:
    question, totals, coverage = finding.question, finding.totals, finding.coverage
    found = f"{count(totals.rejected, 'conversation')} {describe(question)}"
    seen = write_last_seen(totals.rejected_until, question.window, finding.now)
    accepted = f"none accepted{' so far' if finding.is_under_way else ''}"
    said = f"Only rejected attempts: {found}, {accepted}{_write_attempted(finding)}; {seen}."
    if coverage.is_full:
        return said
    doubt = f"Accepted traffic may be missing from the logs: {list_missing(coverage)}."
    return f"{said} {doubt}{_write_remedies(finding)}"


def _write_attempted(finding: _Finding) -> str:
    found = [talker for talker in finding.talkers if talker.action == Action.REJECT]
    return f": {_write_hosts(found, finding.totals.rejected, finding)}" if found else ""


def _write_unused(finding: _Finding) -> str:
    coverage = finding.coverage
    whose = f" of {_write_sources(coverage)}" if coverage.sources else ""
    logged = f"every day{whose} is logged{' so far' if finding.is_under_way else ''}"
    found = f"no traffic {describe(finding.question)} {_write_window(finding)}"
    if finding.doubt:
        return f"Unused: {found}, as far as the logs{whose} tell."
    return f"Unused: {found}; {logged} and no record was lost."


def _write_window(finding: _Finding) -> str:
    """How long a window is: in days, or where times were named, from when to when.

    Of a day that is not over, how far it is: nothing is known of the rest.
    """
    window, until = finding.question.window, finding.until
    if window.by_time:
        return f"from {window.since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC"
    days = f"in {count(len(finding.coverage.days_asked), 'day')}"
    return f"{days} ({until:%Y-%m-%d} only until {until:%H:%M} UTC)" if finding.is_under_way else days


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
    unproven = find_unproven(finding.question, finding.coverage, finding.now)
    remedies = list_remedies(finding.coverage, finding.now, unproven)
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
    on = "on port" if len(filters.ports) == 1 else "on ports"
    ports = f"{on} {join_up_to([*map(str, filters.ports)], _SHOWN, 'port')}" if filters.ports else ""
    protocols = (
        f"over {join_up_to([*map(name_of, filters.protocols)], _SHOWN, 'protocol')}"
        if filters.protocols
        else ""
    )
    return " ".join(filter(None, (ports, protocols)))
