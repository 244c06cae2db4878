"""The statements of reports over a finished scan: texts of `sql/reports/`, with a view's values bound."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.address import Address
from bot.domain.binder import Fragment, Value, bind
from bot.domain.changes import RowKind
from bot.domain.question import Question
from bot.domain.view import View, ViewKind, find_new_since
from bot.services.statements import load_text

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

_ASKED = (RowKind.CONVERSATION,)
_KINDS = {ViewKind.CHANGES: (RowKind.CONVERSATION, RowKind.PREVIOUS_CONVERSATION)}
"""The views that are of more than the asked window."""


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
