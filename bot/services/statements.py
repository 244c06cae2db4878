"""The statements that an engine runs for a question: texts of `sql/`, with the question's values bound."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from bot.domain.binder import Fields, Fragment, Value, bind
from bot.domain.flowlog import OPTIONAL
from bot.domain.question import Question

_LOOKUP = re.compile(r"in_blocks\((\w+), :(\w+)\)")
_IS_PREVIOUS = Fragment("in_days(day, :previous) AND in_window(start, :previous)")


@cache
def load_text(path: str) -> str:
    """The text of one file in `sql/`, e.g. `scenarios/peering.sql`."""
    return files("sql").joinpath(path).read_text(encoding="utf-8")


def build_scan(
    question: Question, limit: int, fields: Iterable[str] = OPTIONAL, *, computes_once: bool = False
) -> str:
    """The one statement that reads the flow logs, giving at most `limit` rows.

    `fields` are those of OPTIONAL that the engine's table has. An engine that `computes_once` what is named
    twice sums up in a way that needs it, and is faster.
    """
    compared = question.compared
    previous: dict[str, Value] = {"previous": compared.previous} if compared else {}
    values: dict[str, Value] = {
        "first_day": question.scanned.first_day,
        "last_day": question.scanned.last_day,
        "fields": Fields(frozenset(fields)),
        "summary": Fragment(load_text(f"summary/{'in_parts' if computes_once else 'in_one_pass'}.sql")),
        "is_previous": _IS_PREVIOUS if compared else Fragment("FALSE"),
        "limit": limit,
    }
    return bind(load_text("scan.sql"), _values(question) | _share_lookups(question) | previous | values)


def build_raw(question: Question, limit: int) -> str:
    """The statement that gives the log's own records, at most `limit` of them."""
    values: dict[str, Value] = {"condition": Fragment(_load_condition(question)), "limit": limit}
    return bind(load_text("raw.sql"), _values(question) | values)


def _share_lookups(question: Question) -> dict[str, Value]:
    """The question's condition, and that of its witnesses, by the names of lookups that both refer to."""
    condition, witness = _load_condition(question), _write_witness(question)
    lookups = dict.fromkeys(_LOOKUP.findall(f"{condition} {witness}"))
    named = (f"in_blocks({column}, :{side}) AS {column}_in_{side}" for column, side in lookups)
    return {
        "lookups": Fragment(",\n        ".join(named)),
        "condition": Fragment(_LOOKUP.sub(r"\1_in_\2", condition)),
        "witness": Fragment(_LOOKUP.sub(r"\1_in_\2", witness)),
    }


def _load_condition(question: Question) -> str:
    return load_text(f"scenarios/{question.scenario}.sql")


def _write_witness(question: Question) -> str:
    """The condition of a record of traffic that it is one of a network that was asked about."""
    names = ("asked", "home")[: len(question.witnessed)]
    ends = (f"in_blocks({end}, :{name})" for name in names for end in ("srcaddr", "dstaddr"))
    return " OR ".join(ends) or "TRUE"


def _values(question: Question) -> dict[str, Value]:
    filters = question.filters
    return {
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
