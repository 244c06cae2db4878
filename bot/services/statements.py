"""The statements of a question: the texts of `sql/`, with the question's values bound."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from bot.domain.binder import Fragment, Value, bind
from bot.domain.question import Measure, Question

REPORTS = ("coverage", "talkers", "conversations")


@cache
def load_text(path: str) -> str:
    """The text of one file in `sql/`, e.g. `scenarios/peering.sql`."""
    return files("sql").joinpath(path).read_text(encoding="utf-8")


def build_scan(question: Question, limit: int) -> str:
    """The one statement that reads the flow logs, giving at most `limit` rows."""
    return bind(load_text("scan.sql"), _values(question) | {"limit": limit})


def build_raw(question: Question, limit: int) -> str:
    """The statement that gives the log's own records, at most `limit` of them."""
    return bind(load_text("raw.sql"), _values(question) | {"limit": limit})


def build_talkers(measure: Measure, limit: int) -> str:
    """The report of the largest conversations of a finished scan."""
    return bind(load_text("reports/talkers.sql"), {"measure": measure, "limit": limit})


def build_report(name: str) -> str:
    """A report that takes no values, by its name in `sql/reports/`."""
    return load_text(f"reports/{name}.sql")


def _values(question: Question) -> dict[str, Value]:
    filters = question.filters
    return {
        "condition": Fragment(load_text(f"scenarios/{question.scenario}.sql")),
        "asked": question.asked.blocks,
        "home": question.home.blocks if question.home else (),
        "first_day": question.window.first_day,
        "last_day": question.window.last_day,
        "window": question.window,
        "ports": filters.ports,
        "protocols": filters.protocols,
        "actions": (filters.action,) if filters.action else (),
        "measure": question.measure,
    }
