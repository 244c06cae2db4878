"""The form that asks a question, and the Home tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.domain.cidr import Block as CidrBlock
from bot.domain.form import DAYS, Form
from bot.domain.message import Block
from bot.domain.question import join_blocks
from bot.domain.registration import Listing
from bot.domain.run import Run
from bot.domain.scenario import DISCONNECT, ROLES, Scenario
from bot.domain.watch import Watch
from bot.domain.wording import count
from bot.render.mrkdwn import code, context, escape, section
from bot.render.replies import count_addresses
from bot.render.runs import list_runs
from bot.render.watches import list_watches

FORM = "ask_form"
OPEN_FORM = "open_form"
SHORTCUT = "ask"
ASK_DISCONNECT = "ask_disconnect"
"""The Home tab's button beside a network; its value is the network as the grammar takes it."""

CHOOSES = "form_question"
UPDATES = "form_days"
COMPARES = "form_compare"
SINCE, UNTIL = "form_since", "form_until"

_QUESTIONS: Mapping[str, str] = {
    DISCONNECT: "Can a peer network be disconnected, and who depends on it?",
    Scenario.PEERING: "Is a peer network in use?",
    Scenario.EXTERNAL: "Who outside talks to a network?",
    Scenario.INCOMING: "What arrives from a network?",
    Scenario.INADVERTENT: "Does anything talk to a network that nothing should?",
    Scenario.INTERNAL: "Who talks to whom inside a network?",
}
_MOST_OPTIONS = 100
_LONGEST_OPTION = 75
_SHOWN_NETWORKS = 40


def build_form(listing: Listing, form: Form, estimate: str, channel: str = "") -> dict[str, Any]:
    """The form as a modal; `estimate` says what it will cost, `channel` where the answer goes by default."""
    networks = [_option(*named) for named in _name_networks(listing)]
    blocks: list[Block] = [
        _input("scenario", "What do you want to know?", _choose_question(form), updates=True),
        *_ask_network(networks, form),
        *_ask_home(networks, form),
        _input("channel", "Answer in", _choose_channel(channel)),
        _input(f"days_{form.verb}", "Days", _choose_days(form), updates=True),
        _input(
            "since", "…or instead from this day (UTC)", _pick(SINCE, form.since), optional=True, updates=True
        ),
        _input("until", "…to this day, else to today", _pick(UNTIL, form.until), optional=True, updates=True),
        _input("compare", "Compare with", _choose_comparison(form), optional=True, updates=True),
        context(escape(estimate)) | {"block_id": "estimate"},
        _input("port", "Service ports", _text("port", "443,ssh", form.port), optional=True),
        _input("protocol", "Protocol", _select("protocol", _PROTOCOLS, form.protocol), optional=True),
        _input("action", "Only what was", _select("action", _ACTIONS, form.action), optional=True),
    ]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain("Who talks to whom?"),
        "submit": _plain("Ask"),
        "close": _plain("Close"),
        "blocks": blocks,
    }


def place_faults(faults: Mapping[str, str], form: Form, shown: Iterable[str]) -> dict[str, str]:
    """The sentences by the block of the form that shows them: the field's own, where the form has it.

    `faults` are by the name of the field, `shown` the ids of the form's blocks.
    """
    shown = set(shown)
    places = {field: f"days_{form.verb}" if field == "days" else field for field in faults}
    return {place if place in shown else "asked_block": faults[field] for field, place in places.items()}


def build_home(
    listing: Listing, runs: Sequence[Run], watches: Sequence[Watch], user_id: str
) -> dict[str, Any]:
    """The Home tab: a button that opens the form, the networks, and what the person asked."""
    ask = {
        "type": "button",
        "action_id": OPEN_FORM,
        "text": _plain("Ask a question"),
        "style": "primary",
        "value": "home",
    }
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": _plain("Who talks to whom?")},
            {"type": "actions", "elements": [ask]},
            {"type": "divider"},
            section("*Networks*"),
            *_list_networks(listing),
            {"type": "divider"},
            section("*Your questions*"),
            *list_runs(runs, user_id),
            {"type": "divider"},
            section("*Your watches*"),
            *list_watches(watches, user_id),
        ],
    }


def _name_networks(listing: Listing) -> Iterable[tuple[str, str]]:
    """The value and the text of everything that can be chosen: names first, then blocks without one."""
    named = {block for blocks in listing.networks.values() for block in blocks}
    for name, blocks in listing.networks.items():
        yield name, f"{name}: {join_blocks(blocks)}"
    for block in listing.blocks:
        if block not in named:
            yield str(block), str(block)


def _list_networks(listing: Listing) -> list[Block]:
    if not listing.blocks:
        return [section(f"None is registered yet. Try {code('/vpccidr add 10.1.0.0/16 as vpc-b')}.")]
    shown = list(listing.networks.items())[:_SHOWN_NETWORKS]
    more = len(listing.networks) - len(shown)
    rest = f"{count(more, 'more network')}, and " if more > 0 else ""
    told = f"{rest}{count(len(listing.blocks), 'block')} registered in all: {code('/vpccidr list')}"
    return [*(_describe_network(name, blocks) for name, blocks in shown), context(told)]


def _describe_network(name: str, blocks: Sequence[CidrBlock]) -> Block:
    size = sum(block.size for block in blocks)
    told = section(f"{code(name)}  {escape(join_blocks(blocks))} · {count_addresses(size)}")
    ask = {
        "type": "button",
        "action_id": ASK_DISCONNECT,
        "text": _plain("Can it be disconnected?"),
        "value": name,
    }
    return told | {"accessory": ask}


def _ask_network(networks: Sequence[Block], form: Form) -> list[Block]:
    typed = _text("asked_block", "10.1.0.0/16", form.asked_block)
    if not networks:
        return [_input("asked_block", "About which block?", typed)]
    offered = _offer(networks, form.asked)
    more = len(networks) - len(offered)
    other = f"…or a block instead, or the name of one of {more:,} more" if more else "…or a block instead"
    return [
        _input("asked", "About which network?", _select("asked", offered, form.asked), optional=True),
        _input("asked_block", other, typed, optional=True),
    ]


def _ask_home(networks: Sequence[Block], form: Form) -> list[Block]:
    """The other side, where the question takes one; typed, where there are none to choose or too many."""
    if not ROLES[form.scenario].takes_home:
        return []
    is_typed = not 0 < len(networks) <= _MOST_OPTIONS
    side = _text("home", "10.0.0.0/16", form.home) if is_typed else _select("home", networks, form.home)
    return [_input("home", "…and only with this other side", side, optional=True)]


def _offer(networks: Sequence[Block], chosen: str) -> list[Block]:
    """As many as a menu takes; what is chosen is among them."""
    first = [option for option in networks if option["value"] == chosen]
    return [*first, *(option for option in networks if option["value"] != chosen)][:_MOST_OPTIONS]


def _choose_question(form: Form) -> Block:
    return _select(CHOOSES, [_option(*each) for each in _QUESTIONS.items()], form.verb)


def _choose_days(form: Form) -> Block:
    return _select(UPDATES, [_option(str(days), _name_days(days)) for days in DAYS], str(form.days))


def _pick(action_id: str, day: str) -> Block:
    element = {"type": "datepicker", "action_id": action_id}
    return element | {"initial_date": day} if day else element


def _choose_comparison(form: Form) -> Block:
    return _select(COMPARES, [_option("previous", "as many days before")], form.compare)


def _name_days(days: int) -> str:
    return "today (UTC)" if days == 1 else f"the last {days} days"


def _choose_channel(channel: str) -> Block:
    chosen = {"initial_conversation": channel} if channel else {"default_to_current_conversation": True}
    return {"type": "conversations_select", "action_id": "channel", **chosen}


def _input(
    block_id: str, label: str, element: Block, *, optional: bool = False, updates: bool = False
) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": element,
        "optional": optional,
        "dispatch_action": updates,
    }


def _select(action_id: str, options: Sequence[Block], chosen: str = "") -> Block:
    """A select whose `chosen` value is preset, so that a form that is built anew stays filled in."""
    preset = [option for option in options if option["value"] == chosen]
    element = {"type": "static_select", "action_id": action_id, "options": list(options)}
    return element | {"initial_option": preset[0]} if preset else element


def _text(action_id: str, example: str, given: str = "") -> Block:
    element = {"type": "plain_text_input", "action_id": action_id, "placeholder": _plain(example)}
    return element | {"initial_value": given} if given else element


def _option(value: str, text: str = "") -> Block:
    shown = text or value
    fits = shown if len(shown) <= _LONGEST_OPTION else shown[: _LONGEST_OPTION - 1] + "…"
    return {"text": _plain(fits), "value": value}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


_PROTOCOLS = [_option(word) for word in ("tcp", "udp", "icmp")]
_ACTIONS = [_option(word) for word in ("accepted", "rejected")]
