"""What is wrong with a form as it is filled in, said in the words of the form and not of the grammar."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime

from bot.domain.command import NAME, parse_command
from bot.domain.form import Form
from bot.domain.options import LARGEST_PORT, Limits, is_option
from bot.domain.paste import quote
from bot.domain.protocols import PORTS
from bot.domain.scenario import ROLES
from bot.domain.window import Window, build_previous, build_window, build_window_of_days, join
from bot.domain.wording import count
from bot.errors import RequestError

Faults = dict[str, str]
"""Sentences by the name of the form's field that they are about."""


def find_faults(form: Form, names: Collection[str], now: datetime, limits: Limits) -> Faults:
    """What keeps a form from being asked; `names` are the registered networks. One fault of each field.

    What depends on more than the form (permissions, limits of how much is asked) is not looked at.
    """
    found = [
        *_check_asked(form, names, now, limits),
        *_check_home(form, names, now, limits),
        *_check_ports(form),
    ]
    return dict(found) | find_window_faults(form, now, limits)


def find_window_faults(form: Form, now: datetime, limits: Limits) -> Faults:
    """What is wrong with the chosen days."""
    return dict(_check_window(form, now, limits.largest_days))


def build_scanned(form: Form, now: datetime, largest: int) -> Window:
    """The window that is read, with the one before it where they are compared. Raises RequestError."""
    window = _build_window(form, now, largest)
    return join(build_previous(window, largest), window) if form.compare else window


def _build_window(form: Form, now: datetime, largest: int) -> Window:
    if not form.since:
        return build_window_of_days(form.days, now, largest)
    until = date.fromisoformat(form.until) if form.until else None
    return build_window(date.fromisoformat(form.since), until, now, largest)


def _check_window(form: Form, now: datetime, largest: int) -> Iterator[tuple[str, str]]:
    if form.until and not form.since:
        yield "since", "Choose the first day, too."
    elif form.since > f"{now:%Y-%m-%d}":
        yield "since", f"That day is in the future: today is {now:%Y-%m-%d} (UTC)."
    elif form.since and form.until and form.until < form.since:
        yield "until", f"The last day is before the first one, {form.since}."
    elif (days := _count_days(form, now)) > largest:
        said = f"That makes {count(days, 'day')}, and {largest:,} is the most."
        yield ("until" if form.until else "since" if form.since else "days"), said
    elif form.compare and days * 2 > largest:
        yield "compare", f"With as many days before, that makes {days * 2:,}, and {largest:,} is the most."


def _count_days(form: Form, now: datetime) -> int:
    if not form.since:
        return form.days
    last = date.fromisoformat(form.until) if form.until else now.date()
    return (last - date.fromisoformat(form.since)).days + 1


def _check_asked(
    form: Form, names: Collection[str], now: datetime, limits: Limits
) -> Iterator[tuple[str, str]]:
    if form.asked_block.strip():
        if said := _check_side(form.asked_block, names, now, limits):
            yield "asked_block", said
    elif not form.asked and (ROLES[form.scenario].takes_home or not limits.home_configured):
        yield "asked", "Choose a network here, or write a block below."


def _check_home(
    form: Form, names: Collection[str], now: datetime, limits: Limits
) -> Iterator[tuple[str, str]]:
    home = form.home.strip()
    if not home or not ROLES[form.scenario].takes_home:
        return
    if home == (form.asked_block.strip() or form.asked):
        yield "home", f"Both sides are {home}: choose another here, or none."
    elif said := _check_side(home, names, now, limits):
        yield "home", said


def _check_side(typed: str, names: Collection[str], now: datetime, limits: Limits) -> str:
    """What is wrong with a block or a name as it is typed; empty where nothing is."""
    word, *more = re.split(r"[\s,;]+", typed.strip())
    if more:
        return "Only one block or name can stand here, such as 10.1.0.0/16."
    if is_option(word):
        return f"{quote(word)} is neither a block nor the name of a network."
    if NAME.fullmatch(word.lower()) and word.lower() not in names:
        return f"There is no network named {word}: write a block, such as 10.1.0.0/16, or another name."
    try:
        parse_command(f"peering {word}", now, limits)
    except RequestError as error:
        return error.sentence
    return ""


def _check_ports(form: Form) -> Iterator[tuple[str, str]]:
    wrong = next((port for port in form.list_ports() if not _is_port(port)), "")
    if wrong:
        said = f"{quote(wrong)} is neither a port from 0 to {LARGEST_PORT:,} nor the name of a service."
        yield "port", said


def _is_port(word: str) -> bool:
    if word in PORTS:
        return True
    return (
        word.isascii()
        and word.isdecimal()
        and len(word) <= len(f"{LARGEST_PORT}")
        and int(word) <= LARGEST_PORT
    )
