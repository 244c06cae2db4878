"""The statements of a question: the texts of `sql/`, with the question's values bound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from bot.domain.address import Address
from bot.domain.binder import Fields, Fragment, Value, bind
from bot.domain.changes import RowKind
from bot.domain.flowlog import OPTIONAL
from bot.domain.question import Question
from bot.domain.view import View, ViewKind, find_new_since

REPORTS = ("coverage", "conversations")
"""The reports that take no values."""

VIEWS = {
    ViewKind.TALKERS: "talkers",
    ViewKind.PORTS: "ports",
    ViewKind.HOSTS_ASKED: "hosts",
    ViewKind.HOSTS_OTHER: "hosts",
    ViewKind.SUBNETS: "subnets",
    ViewKind.DAYS: "days",
    ViewKind.PAIR: "talkers",
    ViewKind.CHANGES: "changes",
    ViewKind.PATHS: "paths",
    ViewKind.SERVICES: "services",
}
"""The report that gives a view's rows."""

_LOOKUP = re.compile(r"in_blocks\((\w+), :(\w+)\)")
_IS_PREVIOUS = Fragment("in_days(day, :previous) AND in_window(start, :previous)")
_ASKED = (RowKind.CONVERSATION,)
_KINDS = {ViewKind.CHANGES: (RowKind.CONVERSATION, RowKind.PREVIOUS_CONVERSATION)}
"""The views that are of more than the asked window."""


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


def build_view_rows(question: Question, view: View, limit: int) -> str:
    """The report of a view of a finished scan. Raises RequestError where the window has no such view."""
    return _bind_view(VIEWS[view.kind], question, view, limit, _KINDS.get(view.kind, _ASKED))


def build_view_sums(question: Question, view: View) -> str:
    """The sums over what a view keeps of a finished scan, in one row. Raises RequestError, too."""
    return _bind_view("sums", question, view, 1, _ASKED)


def build_extras(question: Question, view: View) -> str:
    """In one row for how many of a view's rows the logs tell a path, and for how many an AWS service."""
    return _bind_view("extras", question, view, 1, _ASKED)


def build_named_hosts(question: Question, hosts: tuple[Address, ...]) -> str:
    """The AWS services of those hosts that the logs name one for: an address, a service."""
    return _bind_view("named_hosts", question, View(), len(hosts), _ASKED, {"named": hosts})


def build_report(name: str) -> str:
    """A report that takes no values, by its name in `sql/reports/`."""
    return load_text(f"reports/{name}.sql")


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


def _bind_view(
    name: str,
    question: Question,
    view: View,
    limit: int,
    kinds: tuple[RowKind, ...],
    more: Mapping[str, Value] | None = None,
) -> str:
    values: dict[str, Value] = {
        "kinds": kinds,
        "narrowed": Fragment(load_text("narrowed.sql")),
        "actions": () if view.action is None else (view.action,),
        "ports": () if view.service_port is None else (view.service_port,),
        "protocols": () if view.protocol is None else (view.protocol,),
        "hosts": () if view.host is None else (view.host,),
        "subnets": () if view.subnet is None else (view.subnet,),
        "one_end": () if view.pair is None else view.pair[:1],
        "other_end": () if view.pair is None else view.pair[1:],
        "new_since": find_new_since(view, question.window) if view.new_days else question.scanned.first_day,
        "asked": question.asked.blocks,
        "kind": view.kind,
        "measure": view.measure,
        "limit": limit,
    }
    return bind(load_text(f"reports/{name}.sql"), values | dict(more or {}))
