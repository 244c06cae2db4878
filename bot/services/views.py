"""A closer look at a finished scan: no engine, no cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.domain.address import Address, is_address
from bot.domain.changes import Comparison, Extent
from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage, CoverageRow, Problem, build_coverage, cover
from bot.domain.question import Question
from bot.domain.view import View, ViewKind, find_conflict
from bot.domain.view_answer import (
    Choices,
    DayRow,
    HostRow,
    PathRow,
    PortRow,
    ViewAnswer,
    ViewRow,
    fill_days,
)
from bot.errors import RequestError
from bot.services.aws_services import find_services
from bot.services.comparing import compare
from bot.services.ports import Result

EVERY_ROW = 2**31 - 1
"""More rows than a result can give."""

_OFFERED = 20
_OFFERED_PAIRS = 10

_Row = TypeVar("_Row", bound=ViewRow)


def build_view(
    question: Question, result: Result, view: View, problems: Sequence[Problem] = ()
) -> ViewAnswer:
    """What a view of a finished scan says; `problems` are the files that the scan could not read.

    Raises RequestError for what cannot be looked at, and EngineError where the result is gone.
    """
    rows, totals = result.read_coverage()
    coverage = cover(question.window, rows, problems)
    comparison = _compare(question, result, view, rows, problems)
    shown = _list_changed(comparison) if comparison else _list_rows(question, result, view, coverage)
    return ViewAnswer(
        question=question,
        view=view,
        rows=shown,
        sums=result.read_sums(question, view),
        known=result.read_sums(question, View()).conversations,
        totals=totals,
        truncated=result.truncated,
        coverage=coverage,
        choices=find_choices(question, result, view),
        conflict=find_conflict(question, view),
        comparison=comparison,
        services=find_services(question, result, shown),
    )


def list_view_rows(
    question: Question, result: Result, view: View, problems: Sequence[Problem] = ()
) -> Sequence[ViewRow]:
    """Every row of a view, however many it shows. Raises RequestError and EngineError."""
    rows, _ = result.read_coverage()
    if comparison := _compare(question, result, view, rows, problems, limit=EVERY_ROW):
        if comparison.extent is Extent.NOTHING:
            raise RequestError("The result has no room for the window before: ask for fewer days.")
        return _list_changed(comparison)
    coverage = build_coverage(question.window.days, rows, ())
    return _list_rows(question, result, view, coverage, limit=EVERY_ROW)


def list_paths(question: Question, result: Result) -> Sequence[PathRow]:
    """The ways out of all conversations that a result holds, the largest first."""
    view = View(ViewKind.PATHS, measure=question.measure)
    return _pick(PathRow, result.read_view(question, view, EVERY_ROW))


def find_choices(question: Question, result: Result, view: View) -> Choices:
    """What a view can be narrowed to instead: ports and places that leave something to show."""
    any_port = replace(view, kind=ViewKind.PORTS, service_port=None, protocol=None)
    anywhere = replace(view, kind=ViewKind.TALKERS, host=None, subnet=None, pair=None)
    asked, other = (replace(anywhere, kind=kind) for kind in (ViewKind.HOSTS_ASKED, ViewKind.HOSTS_OTHER))
    has_paths, has_services = result.read_extras(question, view)
    return Choices(
        ports=_pick(PortRow, result.read_view(question, any_port, _OFFERED)),
        asked_hosts=_pick(HostRow, result.read_view(question, asked, _OFFERED)),
        other_hosts=_pick(HostRow, result.read_view(question, other, _OFFERED)),
        pairs=_find_pairs(_pick(Conversation, result.read_view(question, anywhere, _OFFERED))),
        has_paths=has_paths,
        has_services=has_services,
    )


def _list_rows(
    question: Question, result: Result, view: View, coverage: Coverage, limit: int = 0
) -> Sequence[ViewRow]:
    """The rows of a view, and where no `limit` is given as many as it shows; of days all."""
    if view.kind is ViewKind.DAYS:
        return fill_days(_pick(DayRow, result.read_view(question, view, EVERY_ROW)), coverage)
    return list(result.read_view(question, view, limit or view.top))


def _compare(
    question: Question,
    result: Result,
    view: View,
    rows: Sequence[CoverageRow],
    problems: Sequence[Problem],
    limit: int = 0,
) -> Comparison | None:
    """What changed, where the view is of that."""
    if view.kind is not ViewKind.CHANGES:
        return None
    return compare(question, result, rows, problems, view, limit or view.top)


def _list_changed(comparison: Comparison) -> list[ViewRow]:
    return [row for changed in comparison.lists for row in changed.rows]


def _pick(kind: type[_Row], rows: Iterable[ViewRow]) -> tuple[_Row, ...]:
    return tuple(row for row in rows if isinstance(row, kind))


def _find_pairs(talkers: Iterable[Conversation]) -> tuple[tuple[Address, Address], ...]:
    """The pairs that talk most; what the logs hold in an address's place can be no value of a menu."""
    ends = (sorted((talker.client, talker.server)) for talker in talkers)
    pairs = dict.fromkeys((one, two) for one, two in ends if is_address(one) and is_address(two))
    return tuple((Address(one), Address(two)) for one, two in list(pairs)[:_OFFERED_PAIRS])
