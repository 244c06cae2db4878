"""Views of a finished scan with as many rows as asked for, and as long as they can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.address import Address
from bot.domain.cidr import parse_block
from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage
from bot.domain.question import Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import (
    Choices,
    DayRow,
    HostRow,
    PathRow,
    PortRow,
    ServiceRow,
    SubnetRow,
    Sums,
    ViewAnswer,
    ViewRow,
)
from bot.domain.window import build_window_of_days

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
RUN = "z" * 32
HUGE = 2**62
LONG = Address("2001:0db8:85a3:0000:0000:8a2e:192.168.100.100")
SHORT = Address("10.1.0.9")
FIRST_DAY = date(2025, 11, 20)


def build_question(days: int = 10, name: str = "", **more: Any) -> Question:
    side = Side((parse_block("10.1.0.0/16").block,), name)
    return Question(Scenario.PEERING, side, build_window_of_days(days, NOW, 400), **more)


def build_sums(conversations: int, size: int = 1000) -> Sums:
    return Sums(conversations, size, size, size, NOW, NOW) if conversations else Sums()


def build_row(kind: ViewKind, number: int, address: str, sums: Sums) -> ViewRow:  # noqa: PLR0911 - as many as kinds
    if kind is ViewKind.PATHS:
        return PathRow(number % 99 + 1, 99, 4 + number % 2, sums)
    if kind is ViewKind.SERVICES:
        return ServiceRow("S" * 60, number, number, sums)
    match kind:
        case ViewKind.PORTS:
            return PortRow(65_535 - number % 1000, 255, number, number, sums)
        case ViewKind.HOSTS_ASKED | ViewKind.HOSTS_OTHER:
            return HostRow(address, number, sums.bytes, sums.bytes, sums)
        case ViewKind.SUBNETS:
            return SubnetRow(address, address, number, number, sums)
        case ViewKind.DAYS:
            return DayRow(FIRST_DAY + timedelta(days=number % 366), sums)
    return Conversation(address, address, 65_535, 255, "ACCEPT", HUGE, HUGE, HUGE, HUGE, 0, NOW, NOW)


def build_choices(question: Question, number: int, address: Address) -> Choices:
    """As many as the service offers."""
    ports = [build_row(ViewKind.PORTS, n, address.text, build_sums(1, HUGE)) for n in range(min(number, 20))]
    return Choices(
        ports=tuple(row for row in ports if isinstance(row, PortRow)),
        asked_hosts=tuple(
            HostRow(address.text, 1, 1, 1, build_sums(1, HUGE)) for _ in range(min(number, 20))
        ),
        other_hosts=tuple(
            HostRow(f"10.0.0.{n}", 1, 1, 1, build_sums(1, HUGE)) for n in range(min(number, 20))
        ),
        pairs=tuple((address, Address(f"10.0.0.{n}")) for n in range(min(number, 10))),
    )


def build_answer(
    view: View,
    number: int,
    address: Address = SHORT,
    question: Question | None = None,
    **more: Any,
) -> ViewAnswer:
    """A view with so many rows before its top cuts them."""
    question = question or build_question()
    sums = build_sums(number, HUGE)
    shown = min(number, 366 if view.kind is ViewKind.DAYS else view.top)
    values: dict[str, Any] = {
        "rows": [build_row(view.kind, n, address.text, sums) for n in range(shown)],
        "sums": sums,
        "known": number,
        "totals": Totals(number, HUGE, HUGE, HUGE),
        "truncated": False,
        "coverage": Coverage(question.window.days, question.window.days),
        "choices": build_choices(question, number, address),
    }
    return ViewAnswer(question=question, view=view, **(values | more))


def list_views(**more: Any) -> list[View]:
    pairs: dict[ViewKind, Any] = {ViewKind.PAIR: (LONG, LONG)}
    kinds = [kind for kind in ViewKind if kind is not ViewKind.CHANGES]  # tests/render/test_changes.py
    return [View(kind, top=100, pair=pairs.get(kind), **more) for kind in kinds]
