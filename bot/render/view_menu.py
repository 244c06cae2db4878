"""The menus and buttons below an answer, and below every closer look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.address import Address, is_address
from bot.domain.message import Block, Message
from bot.domain.question import Action, Measure, Question
from bot.domain.services import write_service
from bot.domain.view import (
    TOPS,
    View,
    ViewKind,
    choose_new_days,
    encode_view,
    find_new_since,
    start_view,
)
from bot.domain.view_answer import Choices, HostRow, PortRow
from bot.domain.wording import write_bytes
from bot.errors import ExpiredError
from bot.render.messages import build_refusal

LOOK_CLOSER = "view_look"
ONLY_PORT = "view_port"
ONLY_HOST = "view_host"
VIEW_MENUS = (LOOK_CLOSER, ONLY_PORT, ONLY_HOST)
"""The menus' action_ids; the value of each option is a view's text."""

VIEW_CSV = "view_csv"
RUN_AGAIN = "run_again"
MORE_DAYS = "run_more_days"
RAW_ROWS = "run_raw_rows"
COMPARE = "run_compare"
SHOW_SQL = "run_show_sql"
VIEW_BUTTONS = {
    VIEW_CSV: "CSV of this view",
    RUN_AGAIN: "Rerun",
    MORE_DAYS: "More days",
    COMPARE: "Compare",
    RAW_ROWS: "Raw rows",
    SHOW_SQL: "Show SQL",
}
"""The buttons' action_ids and what they say; the value of each is the text of the view above it."""

_OPTION_LENGTH = 75
_KINDS = {
    ViewKind.TALKERS: "Conversations",
    ViewKind.PORTS: "Ports",
    ViewKind.HOSTS_ASKED: "Hosts in {asked}",
    ViewKind.HOSTS_OTHER: "Hosts on the other side",
    ViewKind.SUBNETS: "Subnets (/24)",
    ViewKind.DAYS: "Over time",
    ViewKind.PATHS: "Paths",
    ViewKind.SERVICES: "AWS services",
    ViewKind.CHANGES: "Changes against the window before",
}
_ACTIONS = {Action.ACCEPT: "Accepted only", Action.REJECT: "Rejected only", None: "Accepted and rejected"}
_HOSTS = (ViewKind.HOSTS_ASKED, ViewKind.HOSTS_OTHER)

_Choice = tuple[str, View]


@dataclass(frozen=True)
class _Group:
    label: str
    choices: Iterable[_Choice]


def build_view_menu(
    run_id: str, question: Question, choices: Choices, view: View | None = None
) -> tuple[Block, ...]:
    """Two rows: what else the finished scan can show, at no cost, and what to do with it.

    `view` is what is shown above the menu; without one it is the answer.
    """
    menu = _Menu(run_id, question, choices, view or start_view(question))
    return tuple({"type": "actions", "elements": elements} for elements in (menu.menus, menu.buttons))


def build_expired(error: ExpiredError) -> Message:
    """That a result is no longer kept, and a button that asks the same again."""
    button = {
        "type": "button",
        "action_id": RUN_AGAIN,
        "text": _plain("Run it again"),
        "style": "primary",
        "value": encode_view(error.run_id, View()),
    }
    return build_refusal(error).with_foot(({"type": "actions", "elements": [button]},))


@dataclass(frozen=True)
class _Menu:
    run_id: str
    question: Question
    choices: Choices
    view: View

    @property
    def menus(self) -> list[Block]:
        look = [self._kinds, self._filters, self._tops, self._measures, self._start]
        hosts = [self._asked_hosts, self._other_hosts, self._pairs]
        built = (
            self._build_menu(LOOK_CLOSER, "Look closer…", look),
            self._build_menu(ONLY_PORT, "Only one port…", [self._ports]),
            self._build_menu(ONLY_HOST, "Only one host…", hosts),
        )
        return [menu for menu in built if menu["option_groups"]]

    @property
    def buttons(self) -> list[Block]:
        value = encode_view(self.run_id, self.view)
        return [
            {"type": "button", "action_id": action_id, "text": _plain(text), "value": value}
            for action_id, text in VIEW_BUTTONS.items()
            if action_id != COMPARE or self.question.compared is None
        ]

    def _build_menu(self, action_id: str, placeholder: str, groups: Sequence[_Group]) -> Block:
        """A menu without what is shown already, and without any view twice."""
        seen = {self.view}
        built = []
        for group in groups:
            options = list(self._build_options(group.choices, seen))
            if options:
                built.append({"label": _plain(group.label), "options": options})
        return {
            "type": "static_select",
            "action_id": action_id,
            "placeholder": _plain(placeholder),
            "option_groups": built,
        }

    def _build_options(self, choices: Iterable[_Choice], seen: set[View]) -> Iterator[Block]:
        for text, view in choices:
            if view not in seen:
                seen.add(view)
                yield {"text": _plain(text), "value": encode_view(self.run_id, view)}

    # What can be chosen

    @property
    def _kinds(self) -> _Group:
        kinds = dict(_KINDS)
        if not self.choices.other_hosts:  # as in all that is internal
            del kinds[ViewKind.HOSTS_OTHER]
        if not self.choices.has_paths:
            del kinds[ViewKind.PATHS]
        if not self.choices.has_services:
            del kinds[ViewKind.SERVICES]
        if self.question.compared is None:
            del kinds[ViewKind.CHANGES]
        asked = str(self.question.asked)
        return _Group(
            "Show",
            [(name.format(asked=asked), self._turn_to(kind)) for kind, name in kinds.items()],
        )

    def _turn_to(self, kind: ViewKind) -> View:
        """The same view of another kind; what changed needs no newness."""
        return replace(self.view, kind=kind, new_days=self.view.new_days * (kind is not ViewKind.CHANGES))

    @property
    def _filters(self) -> _Group:
        return _Group("Only", [*self._list_actions(), *self._list_newness()])

    def _list_actions(self) -> Iterator[_Choice]:
        if self.question.filters.action is None:
            for action, name in _ACTIONS.items():
                yield name, replace(self.view, action=action)

    def _list_newness(self) -> Iterator[_Choice]:
        if self.view.kind is ViewKind.CHANGES:
            return
        window = self.question.window
        if new_days := choose_new_days(window):
            newest = replace(self.view, new_days=new_days)
            yield f"Only new since {find_new_since(newest, window)}", newest
        yield "New or not", replace(self.view, new_days=0)

    @property
    def _tops(self) -> _Group:
        return _Group("How many", [(f"Top {top}", replace(self.view, top=top)) for top in TOPS])

    @property
    def _measures(self) -> _Group:
        return _Group(
            "Largest by", [(each.value.capitalize(), replace(self.view, measure=each)) for each in Measure]
        )

    @property
    def _start(self) -> _Group:
        return _Group("Back", [("All of the answer", start_view(self.question))])

    @property
    def _ports(self) -> _Group:
        unbound = replace(self.view, service_port=None, protocol=None)
        base = replace(self.view, kind=ViewKind.TALKERS) if self.view.kind is ViewKind.PORTS else self.view
        chosen = (
            (_name_port(row), replace(base, service_port=row.service_port, protocol=row.protocol))
            for row in self.choices.ports
        )
        return _Group("Ports", [("Every port", unbound), *chosen])

    @property
    def _anywhere(self) -> View:
        """The view without a place, for another place to be chosen."""
        is_of_hosts = self.view.kind in (*_HOSTS, ViewKind.PAIR)
        kind = ViewKind.TALKERS if is_of_hosts else self.view.kind
        return replace(self.view, kind=kind, host=None, subnet=None, pair=None)

    @property
    def _asked_hosts(self) -> _Group:
        is_somewhere = self.view.host or self.view.subnet or self.view.pair
        every = [("Every host", self._anywhere)] if is_somewhere else []
        return _Group(f"In {self.question.asked}", [*every, *self._list_hosts(self.choices.asked_hosts)])

    @property
    def _other_hosts(self) -> _Group:
        return _Group("On the other side", self._list_hosts(self.choices.other_hosts))

    def _list_hosts(self, hosts: Iterable[HostRow]) -> Iterator[_Choice]:
        for row in hosts:
            if is_address(row.address):
                host = replace(self._anywhere, host=Address(row.address))
                yield f"{row.address}  {write_bytes(row.sums.bytes)}", host

    @property
    def _pairs(self) -> _Group:
        return _Group(
            "First and last seen of two",
            [
                (f"{one} and {two}", replace(self._anywhere, kind=ViewKind.PAIR, pair=(one, two)))
                for one, two in self.choices.pairs
            ],
        )


def _name_port(row: PortRow) -> str:
    return f"{write_service(row.service_port, row.protocol)}  {write_bytes(row.sums.bytes)}"


def _plain(text: str) -> Block:
    shown = text if len(text) <= _OPTION_LENGTH else text[: _OPTION_LENGTH - 1] + "…"
    return {"type": "plain_text", "text": shown}
