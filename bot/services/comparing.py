"""From a finished scan over two windows to what changed between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.changes import Comparison, Extent, complete_lists, find_unsure
from bot.domain.coverage import Coverage, CoverageRow, Problem, cover
from bot.domain.question import Question
from bot.domain.view import View, ViewKind
from bot.domain.window import Window
from bot.domain.witnesses import doubt_witnesses
from bot.errors import RequestError
from bot.services.ports import Result


def compare(
    question: Question,
    result: Result,
    rows: Sequence[CoverageRow],
    problems: Sequence[Problem],
    view: View,
    limit: int,
) -> Comparison:
    """What changed against the window before.

    `rows` is the coverage of all that was scanned; `view` narrows what is compared, and each change lists
    `limit` conversations at most. Raises RequestError where nothing was compared, and EngineError where the
    result is gone.
    """
    compared = question.compared
    if compared is None:
        raise RequestError("This answer compares nothing: ask again with compare=previous.")
    coverage, previous = (_cover(window, rows, problems) for window in (question.window, compared.previous))
    comparison = Comparison(
        window=question.window,
        compared=compared,
        measure=view.measure,
        coverage=coverage,
        previous_coverage=previous,
        extent=result.previous,
        # Of a day that is not over, nothing is claimed to be gone anyhow.
        doubt=doubt_witnesses(question, coverage, None) if compared.is_asked_over else "",
        previous_doubt=doubt_witnesses(question, previous, None),
    )
    unsure = find_unsure(comparison)
    is_known = result.previous is not Extent.NOTHING
    lists = complete_lists(result.read_changes(question, view, limit), unsure) if is_known else ()
    return replace(comparison, unsure=unsure, lists=lists)


def compare_all(
    question: Question, result: Result, rows: Sequence[CoverageRow], problems: Sequence[Problem]
) -> Comparison | None:
    """The same of all that the question is about, listing as many as the answer; None where nobody asked."""
    if question.compared is None:
        return None
    view = View(ViewKind.CHANGES, measure=question.measure)
    return compare(question, result, rows, problems, view, question.top)


def _cover(window: Window, rows: Sequence[CoverageRow], problems: Sequence[Problem]) -> Coverage:
    """A window's coverage, in which whoever delivered in either window is missed."""
    delivering = {(row.aws_account_id, row.aws_region) for row in rows}
    return cover(window, rows, problems, delivering)
