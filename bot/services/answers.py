"""From a finished scan to an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.answer import Answer
from bot.domain.coverage import cover
from bot.domain.question import Question
from bot.domain.verdict import decide
from bot.services.aws_services import find_services
from bot.services.comparing import compare_all
from bot.services.ports import Outcome, Result
from bot.services.views import list_paths

_EVIDENCE = 1_000
"""Of how many conversations a verdict tells the hosts, services and bytes; reading them costs little."""


def build_answer(
    question: Question,
    outcome: Outcome,
    result: Result,
    *,
    statement: str,
    engine: str,
    elapsed_s: float,
    now: datetime | None = None,
) -> Answer:
    """The answer that a scan's result gives, with its largest conversations. Raises EngineError.

    `now` is when it was asked for, in UTC; without it, when it is built.
    """
    rows, totals = result.read_coverage()
    coverage = cover(question.window, rows, outcome.problems)
    seen = result.read_talkers(replace(question, top=max(question.top, _EVIDENCE)))
    talkers = seen[: question.top]
    comparison = compare_all(question, result, rows, outcome.problems)
    changed = [row for listed in comparison.lists for row in listed.rows] if comparison else []
    return Answer(
        question=question,
        coverage=coverage,
        totals=totals,
        truncated=result.truncated,
        verdict=decide(question, totals, coverage, seen, now or datetime.now(UTC)),
        talkers=talkers,
        cost=outcome.cost,
        elapsed_s=elapsed_s,
        statement=statement,
        engine=engine,
        comparison=comparison,
        paths=list_paths(question, result),
        services=find_services(question, result, (*talkers, *changed)),
    )
