"""A closer look at a finished scan, and its text in a button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.address import Address
from bot.domain.cidr import Block, parse_block
from bot.domain.options import LARGEST_PORT, LARGEST_PROTOCOL
from bot.domain.question import Action, Measure, Question
from bot.domain.window import Window
from bot.errors import RequestError

TOPS = (10, 25, 100)
"""How many rows a view may show."""

SUBNET_PREFIX = 24
LARGEST_NEW_DAYS = 999
_DAYS_A_NEW_DAY = 7


class ViewKind(StrEnum):
    """What the rows of a view are.

    `talkers` are conversations, as in the answer, and so is `pair`, for two addresses. `hosts_asked` are the
    hosts that lie in the blocks of the question's asked side, `hosts_other` all others. `subnets` are pairs
    of /24 networks. `changes` are conversations against those of the window before, where it was compared.
    `paths` are the ways by which traffic left, `services` the AWS services at its ends, where the logs tell.
    """

    TALKERS = "talkers"
    PORTS = "ports"
    HOSTS_ASKED = "hosts_asked"
    HOSTS_OTHER = "hosts_other"
    SUBNETS = "subnets"
    DAYS = "days"
    PAIR = "pair"
    CHANGES = "changes"
    PATHS = "paths"
    SERVICES = "services"


@dataclass(frozen=True)
class View:
    """One look at a finished scan: what its rows are, and which conversations count.

    `host` and `subnet` (a /24) keep the conversations with an end there, `pair` those between two addresses;
    a pair goes with neither. `new_days` above 0 keeps the conversations of which nothing was seen before the
    last so many days of the window: a conversation is its client, server, port, protocol and action, so what
    was rejected and is now accepted is new. Changes go without `new_days`, and show `top` of each of their
    lists. Raises ValueError for values that make no view.
    """

    kind: ViewKind = ViewKind.TALKERS
    action: Action | None = None
    service_port: int | None = None
    protocol: int | None = None
    host: Address | None = None
    subnet: Block | None = None
    pair: tuple[Address, Address] | None = None
    new_days: int = 0
    top: int = TOPS[0]
    measure: Measure = Measure.BYTES

    def __post_init__(self) -> None:
        numbers = (
            (self.service_port, LARGEST_PORT),
            (self.protocol, LARGEST_PROTOCOL),
            (self.new_days, LARGEST_NEW_DAYS),
        )
        sound = (
            all(number is None or 0 <= number <= largest for number, largest in numbers),
            self.top in TOPS,
            self.subnet is None or self.subnet.prefix == SUBNET_PREFIX,
            self.pair is None or (self.host is None and self.subnet is None),
            self.pair is not None or self.kind is not ViewKind.PAIR,
            not self.new_days or self.kind is not ViewKind.CHANGES,
        )
        if not all(sound):
            raise ValueError(self)

    @property
    def is_narrowed(self) -> bool:
        """Whether the view leaves out any of the scan's conversations."""
        chosen = (self.action, self.service_port, self.protocol, self.host, self.subnet, self.pair)
        return self.new_days > 0 or any(value is not None for value in chosen)


@dataclass(frozen=True)
class ViewRequest:
    """A view of the run with this id: what a button holds."""

    run_id: str
    view: View


def start_view(question: Question) -> View:
    """The view that shows what the answer to a question shows."""
    top = next((top for top in TOPS if top >= question.top), TOPS[-1])
    return View(measure=question.measure, top=top)


def choose_new_days(window: Window) -> int:
    """How many of the window's last days count as new, one of each seven; 0 where there is no earlier day."""
    days = len(window.days)
    return min(max(1, days // _DAYS_A_NEW_DAY), LARGEST_NEW_DAYS) if days > 1 else 0


def find_new_since(view: View, window: Window) -> date:
    """The first day whose conversations count as new, or the window's first. Raises RequestError."""
    days = window.days
    if view.new_days and view.new_days >= len(days):
        raise RequestError("The window has no earlier day to tell what is new: ask about more days.")
    return days[-view.new_days] if view.new_days else window.first_day


def find_conflict(question: Question, view: View) -> str:
    """What the view asks for that the scan left out, so that it cannot know; empty where it can."""
    filters = question.filters
    if view.action and filters.action and view.action != filters.action:
        return f"{view.action} traffic"
    if filters.ports and view.service_port not in (None, *filters.ports):
        return f"port {view.service_port}"
    if filters.protocols and view.protocol not in (None, *filters.protocols):
        return f"protocol {view.protocol}"
    return ""


# The text in a button: 1;RUN;KIND ACTION MEASURE TOP, then what narrows, in a fixed order. Short, since the
# value of a menu's option may have 150 characters.

_VERSION = "1"
_KINDS = dict(zip("TPHOSDXCWA", ViewKind, strict=True))
_ACTIONS: dict[str, Action | None] = {"a": Action.ACCEPT, "r": Action.REJECT, "-": None}
_MEASURES = {"b": Measure.BYTES, "p": Measure.PACKETS, "f": Measure.FLOWS}
_TOPS = dict(zip("123", TOPS, strict=True))
_RUN_ID = re.compile(r"[a-z0-9]{4,32}")
_TEXT = re.compile(
    rf"{_VERSION};(?P<run_id>{_RUN_ID.pattern});"
    r"(?P<kind>[TPHOSDXCWA])(?P<action>[ar-])(?P<measure>[bpf])(?P<top>[123])"
    r"(;p(?P<port>[0-9]{1,5}))?(;o(?P<protocol>[0-9]{1,3}))?(;n(?P<new>[0-9]{1,3}))?"
    r"(;h(?P<host>[^;,]{2,45}))?(;s(?P<subnet>[0-9.]{7,15}))?(;x(?P<one>[^;,]{2,45}),(?P<two>[^;,]{2,45}))?"
)


def encode_view(run_id: str, view: View) -> str:
    """The view as text, at most 149 characters. Raises ValueError for what is no run's id."""
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(run_id)
    head = (
        _find_letter(_KINDS, view.kind),
        _find_letter(_ACTIONS, view.action),
        _find_letter(_MEASURES, view.measure),
        _find_letter(_TOPS, view.top),
    )
    return ";".join([_VERSION, run_id, "".join(head), *_encode_filters(view)])


def parse_view(text: str) -> ViewRequest:
    """A text that a button or menu held, which comes from outside. Raises RequestError."""
    match = _TEXT.fullmatch(text)
    try:
        request = ViewRequest(match["run_id"], _build_view(match)) if match else None
    except (ValueError, RequestError):
        request = None
    if request is None or encode_view(request.run_id, request.view) != text:
        raise RequestError("This button or menu says nothing that can be shown; ask the question again.")
    return request


def _find_letter(letters: Mapping[str, object], value: object) -> str:
    return next(letter for letter, each in letters.items() if each == value)


def _encode_filters(view: View) -> list[str]:
    subnet = str(view.subnet).partition("/")[0] if view.subnet else None
    pair = ",".join(map(str, view.pair)) if view.pair else None
    values = {
        "p": view.service_port,
        "o": view.protocol,
        "n": view.new_days or None,
        "h": view.host,
        "s": subnet,
        "x": pair,
    }
    return [f"{letter}{value}" for letter, value in values.items() if value is not None]


def _build_view(match: re.Match[str]) -> View:
    return View(
        kind=_KINDS[match["kind"]],
        action=_ACTIONS[match["action"]],
        service_port=int(match["port"]) if match["port"] else None,
        protocol=int(match["protocol"]) if match["protocol"] else None,
        host=Address(match["host"]) if match["host"] else None,
        subnet=parse_block(f"{match['subnet']}/{SUBNET_PREFIX}", 1).block if match["subnet"] else None,
        pair=(Address(match["one"]), Address(match["two"])) if match["one"] else None,
        new_days=int(match["new"] or 0),
        top=_TOPS[match["top"]],
        measure=_MEASURES[match["measure"]],
    )
