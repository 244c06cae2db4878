"""Whether the logs are of the networks asked about, and of accepted traffic: silence proves nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.domain.coverage import Coverage, Witnesses
from bot.domain.question import Question
from bot.domain.window import has_only_begun
from bot.domain.wording import list_days


def doubt_witnesses(question: Question, coverage: Coverage, now: datetime | None) -> str:
    """Why these logs may not know of the traffic that was asked about, in sentences; empty where they do.

    Empty, too, where it is not known, as of results of earlier versions.
    """
    witnesses = coverage.witnesses
    if witnesses is None:
        return ""
    lacking = _find_lacking(question, coverage, now)
    if not witnesses.records:
        return _doubt_all(question, coverage) if lacking else ""
    return " ".join(_doubt_some(question, witnesses, lacking))


def doubt_days(question: Question, coverage: Coverage, now: datetime | None) -> str:
    """On which of the days there is no witness, as a part of a sentence; empty where each has one."""
    lacking = _find_lacking(question, coverage, now)
    return f"on {list_days(lacking)} no record names {_name_any(question)}" if lacking else ""


def find_unproven(question: Question, coverage: Coverage, now: datetime | None) -> tuple[date, ...]:
    """The days of which these logs, however complete, cannot prove that nothing was accepted."""
    witnesses = coverage.witnesses
    if witnesses is None:
        return ()
    return _find_lacking(question, coverage, now) if witnesses.accepted else coverage.days_asked


def _find_lacking(question: Question, coverage: Coverage, now: datetime | None) -> tuple[date, ...]:
    """The days without a witness; of logs that are presumed to be one VPC's, all days or none.

    There a quiet day is no sign that the log stopped: its records without data show that it did not.
    """
    if not question.witnessed and coverage.witnesses and coverage.witnesses.records:
        return ()
    return tuple(day for day in coverage.days_unwitnessed if not has_only_begun(day, now))


def _doubt_all(question: Question, coverage: Coverage) -> str:
    days = "these days" if len(coverage.days_asked) > 1 else "this day"
    if not question.witnessed:
        return f"No record of {days} says OK: check that these logs are of the VPC that you mean."
    is_one = len(question.witnessed) == 1
    theirs, log = ("its own", "its flow log is") if is_one else ("theirs", "the flow log of one of them is")
    return (
        f"No record of {days} names {_name_any(question)}: these logs may not be {theirs}. "
        f"Check that {log} among those that the bot reads."
    )


def _doubt_some(question: Question, witnesses: Witnesses, lacking: Sequence[date]) -> Iterator[str]:
    if lacking:
        named = _name_any(question)
        yield f"On {list_days(lacking)} no record names {named}: a flow log may have stopped."
    if not witnesses.accepted:
        verb, what = (
            ("name", "them" if lacking else _name_any(question)) if question.witnessed else ("say", "OK")
        )
        is_one = witnesses.records == 1
        head = f"The one record that {verb}s" if is_one else f"All {witnesses.records:,} records that {verb}"
        rejected = f"{'is' if is_one else 'are'} of rejected traffic"
        yield f"{head} {what} {rejected}: the flow log may record nothing else."


def _name_any(question: Question) -> str:
    return f"any address of {' or '.join(map(str, question.witnessed))}"
