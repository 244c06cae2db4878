"""The form that asks a question, and the Home tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.domain.form import DAYS, Form
from bot.domain.message import Block
from bot.domain.question import Action
from bot.domain.registration import Listing
from bot.domain.run import Run
from bot.domain.scenario import Scenario
from bot.domain.watch import Watch
from bot.domain.wording import count
from bot.render.mrkdwn import code, escape, section
from bot.render.replies import count_addresses
from bot.render.runs import list_runs
from bot.render.watches import list_watches

FORM = "ask_form"
OPEN_FORM = "open_form"
SHORTCUT = "ask"
UPDATES = "form_days"
COMPARES = "form_compare"

_SCENARIOS = {
    Scenario.PEERING: "Is a peer network in use?",
    Scenario.EXTERNAL: "Who outside talks to a network?",
    Scenario.INCOMING: "What arrives from a network?",
    Scenario.INADVERTENT: "Does anything talk to a network that nothing should?",
    Scenario.INTERNAL: "Who talks to whom inside a network?",
}
_PROTOCOLS = ("tcp", "udp", "icmp")
_MOST_OPTIONS = 100
_LONGEST_OPTION = 75
_SHOWN_NETWORKS = 40


def build_form(listing: Listing, form: Form, estimate: str, channel: str = "") -> dict[str, Any]:
    """The form as a modal; `estimate` says what it will cost, `channel` where the answer goes by default."""
    networks = [_option(*named) for named in _name_networks(listing)][:_MOST_OPTIONS]
    blocks: list[Block] = [
        _input("scenario", "What do you want to know?", _choose_scenario(form)),
        *_ask_network(networks),
        _input("home", "…and only with this other side", _select("home", networks), optional=True)
        if networks
        else _input("home", "…and only with this other side", _text("home", "10.0.0.0/16"), optional=True),
        _input("days", "Days", _choose_days(form), updates=True),
        _input("compare", "Compare with", _choose_comparison(form), optional=True, updates=True),
        _input("port", "Service ports", _text("port", "443,ssh"), optional=True),
        _input("protocol", "Protocol", _select("protocol", map(_option, _PROTOCOLS)), optional=True),
        _input("action", "Only what was", _select("action", _list_actions()), optional=True),
        _input("channel", "Answer in", _choose_channel(channel)),
        {
            "type": "context",
            "block_id": "estimate",
            "elements": [{"type": "mrkdwn", "text": escape(estimate)}],
        },
    ]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain("Who talks to whom?"),
        "submit": _plain("Ask"),
        "close": _plain("Close"),
        "blocks": blocks,
    }


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
            section("\n".join(_list_networks(listing))),
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
        yield name, f"{name}: {' + '.join(map(str, blocks))}"
    for block in listing.blocks:
        if block not in named:
            yield str(block), str(block)


def _list_networks(listing: Listing) -> Iterable[str]:
    if not listing.blocks:
        yield f"None is registered yet. Try {code('/vpccidr add 10.1.0.0/16 as vpc-b')}."
        return
    for name, blocks in list(listing.networks.items())[:_SHOWN_NETWORKS]:
        size = sum(block.size for block in blocks)
        yield f"{code(name)}  {escape(' + '.join(map(str, blocks)))} · {count_addresses(size)}"
    yield f"{count(len(listing.blocks), 'block')} registered in all."


def _ask_network(networks: Sequence[Block]) -> list[Block]:
    typed = _text("asked_block", "10.1.0.0/16")
    if not networks:
        return [_input("asked_block", "About which block?", typed)]
    return [
        _input("asked", "About which network?", _select("asked", networks), optional=True),
        _input("asked_block", "…or a block", typed, optional=True),
    ]


def _choose_scenario(form: Form) -> Block:
    options = [_option(scenario.value, text) for scenario, text in _SCENARIOS.items()]
    chosen = _option(form.scenario.value, _SCENARIOS[form.scenario])
    return _select("scenario", options) | {"initial_option": chosen}


def _choose_days(form: Form) -> Block:
    options = [_option(str(days), _name_days(days)) for days in DAYS]
    return _select(UPDATES, options) | {"initial_option": _option(str(form.days), _name_days(form.days))}


def _choose_comparison(form: Form) -> Block:
    previous = _option("previous", "as many days before")
    return _select(COMPARES, [previous]) | ({"initial_option": previous} if form.compare else {})


def _name_days(days: int) -> str:
    return "today (UTC)" if days == 1 else f"the last {days} days"


def _list_actions() -> Iterable[Block]:
    words: Mapping[Action, str] = {Action.ACCEPT: "accepted", Action.REJECT: "rejected"}
    return [_option(word, word) for word in words.values()]


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


def _select(action_id: str, options: Iterable[Block]) -> Block:
    return {"type": "static_select", "action_id": action_id, "options": list(options)}


def _text(action_id: str, example: str) -> Block:
    return {"type": "plain_text_input", "action_id": action_id, "placeholder": _plain(example)}


def _option(value: str, text: str = "") -> Block:
    shown = text or value
    fits = shown if len(shown) <= _LONGEST_OPTION else shown[: _LONGEST_OPTION - 1] + "…"
    return {"text": _plain(fits), "value": value}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
