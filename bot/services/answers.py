"""From a finished scan to an answer."""

from __future__ import annotations

from bot.domain.answer import Answer
from bot.domain.coverage import build_coverage, find_problems
from bot.domain.question import Question
from bot.domain.verdict import decide
from bot.services.comparing import compare_all
from bot.services.ports import Outcome, Result


def build_answer(
    question: Question, outcome: Outcome, result: Result, *, statement: str, engine: str, elapsed_s: float
) -> Answer:
    """The answer that a scan's result gives, with its largest conversations. Raises EngineError."""
    rows, totals = result.read_coverage()
    coverage = build_coverage(question.window.days, rows, find_problems(question.window, outcome.problems))
    return Answer(
        question=question,
        coverage=coverage,
        totals=totals,
        truncated=result.truncated,
        verdict=decide(question, totals, coverage),
        talkers=result.read_talkers(question),
        cost=outcome.cost,
        elapsed_s=elapsed_s,
        statement=statement,
        engine=engine,
        comparison=compare_all(question, result, rows, outcome.problems),
    )
