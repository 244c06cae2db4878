"""The menus under an answer: what they offer, and what they keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.address import Address
from bot.domain.question import Action, Filters
from bot.domain.view import View, ViewKind, parse_view
from bot.domain.view_answer import (
    Choices,
    HostRow,
)
from bot.render.view_menu import VIEW_BUTTONS, VIEW_MENUS, build_view_menu
from tests.render.view_values import RUN, SHORT, build_choices, build_question, build_sums


def list_options(menu: Sequence[dict[str, Any]]) -> dict[str, dict[str, View]]:
    """The views of each menu by the text that is chosen."""
    return {
        element["action_id"]: {
            option["text"]["text"]: parse_view(option["value"]).view
            for group in element["option_groups"]
            for option in group["options"]
        }
        for element in menu[0]["elements"]
    }


def build_options(view: View | None = None, **more: Any) -> dict[str, dict[str, View]]:
    question = build_question(**more)
    return list_options(build_view_menu(RUN, question, build_choices(question, 3, SHORT), view))


def test_what_an_answer_offers() -> None:
    look, port, host = build_options().values()
    assert list(look) == [
        *("Ports", "Hosts in 10.1.0.0/16", "Hosts on the other side", "Subnets (/24)", "Over time"),
        *("Accepted only", "Rejected only", "Only new since 2026-11-20"),
        *("Top 25", "Top 100", "Packets", "Flows"),
    ]
    assert list(port) == [f"{65_535 - n}/protocol 255  4.61 EB" for n in range(3)]
    assert list(host) == [
        "10.1.0.9  4.61 EB",
        *(f"10.0.0.{n}  4.61 EB" for n in range(3)),
        *(f"10.1.0.9 and 10.0.0.{n}" for n in range(3)),
    ]


def test_a_choice_keeps_the_others() -> None:
    """Narrowing goes on from what is shown."""
    view = View(ViewKind.PORTS, action=Action.REJECT, service_port=443, protocol=6, host=SHORT, new_days=1)
    look, port, host = build_options(view).values()
    assert look["Over time"] == replace(view, kind=ViewKind.DAYS)
    assert look["Accepted and rejected"] == replace(view, action=None)
    assert look["New or not"] == replace(view, new_days=0)
    assert look["All of the answer"] == View()
    assert port["Every port"] == replace(view, service_port=None, protocol=None)
    assert host["Every host"] == replace(view, host=None)
    pair = replace(view, kind=ViewKind.PAIR, host=None, pair=(SHORT, Address("10.0.0.1")))
    assert host["10.1.0.9 and 10.0.0.1"] == pair


def test_one_port_is_shown_as_conversations() -> None:
    """A list of one port says nothing."""
    ports = build_options(View(ViewKind.PORTS))["view_port"]
    assert {view.kind for text, view in ports.items()} == {ViewKind.TALKERS}
    days = build_options(View(ViewKind.DAYS))["view_port"]
    assert {view.kind for view in days.values()} == {ViewKind.DAYS}


@pytest.mark.parametrize("kind", [kind for kind in ViewKind if kind is not ViewKind.PAIR])
def test_no_option_shows_what_is_shown(kind: ViewKind) -> None:
    view = View(kind)
    assert all(view not in options.values() for options in build_options(view).values())


def test_no_action_is_offered_that_the_scan_left_out() -> None:
    look = build_options(filters=Filters(action=Action.ACCEPT))["view_look"]
    assert not {"Accepted only", "Rejected only", "Accepted and rejected"} & set(look)


def test_nothing_is_new_on_the_only_day() -> None:
    assert not [text for text in build_options(days=1)["view_look"] if text.startswith("Only new")]


def test_hosts_that_are_no_addresses_are_not_offered() -> None:
    """Logs can hold anything; a menu's value is checked when it comes back."""
    choices = Choices(other_hosts=(HostRow("a.b", 1, 1, 1, build_sums(1)),))
    assert "view_host" not in list_options(build_view_menu(RUN, build_question(), choices))


def test_buttons_hold_the_view() -> None:
    view = View(ViewKind.SUBNETS, top=25)
    _, buttons = build_view_menu(RUN, build_question(), Choices(), view)
    assert [button["action_id"] for button in buttons["elements"]] == list(VIEW_BUTTONS)
    assert {parse_view(button["value"]).view for button in buttons["elements"]} == {view}
    assert {parse_view(button["value"]).run_id for button in buttons["elements"]} == {RUN}


def test_the_menus_are_those_that_are_listened_to() -> None:
    assert tuple(build_options()) == VIEW_MENUS


# The CSV
