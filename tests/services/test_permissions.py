"""Groups are looked up where they decide, and only there."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bot.domain.permission import Policy, parse_rule
from bot.services.permissions import Permissions


class Groups:
    """Ana is in SNET; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, frozenset[str]]] = []

    def find_groups(self, user_id: str, groups: Iterable[str]) -> frozenset[str]:
        self.asked.append((user_id, frozenset(groups)))
        return frozenset(groups) & ({"SNET"} if user_id == "UANA" else set())


@pytest.fixture
def groups() -> Groups:
    return Groups()


def build(groups: Groups, ask: str = "", change: str = "", admins: str = "") -> Permissions:
    return Permissions(Policy(parse_rule(ask), parse_rule(change), parse_rule(admins)), groups)


def test_each_rule_looks_at_its_own_groups(groups: Groups) -> None:
    permissions = build(groups, ask="SALL", change="SNET", admins="SNET SOPS")
    assert permissions.refuse_asking("UANA", "C01")
    assert permissions.refuse_changing("UANA", "C01") is None
    assert permissions.is_admin("UANA", "C01")
    assert groups.asked == [
        ("UANA", frozenset({"SALL"})), ("UANA", frozenset({"SNET"})), ("UANA", frozenset({"SNET", "SOPS"})),
    ]  # fmt: skip


def test_one_who_is_in_no_group_may_not(groups: Groups) -> None:
    permissions = build(groups, ask="SNET", change="SNET", admins="SNET")
    refusal = permissions.refuse_asking("UBEN", "C01")
    assert refusal is not None
    assert refusal.rule == parse_rule("SNET")
    assert permissions.refuse_changing("UBEN", "C01")
    assert not permissions.is_admin("UBEN", "C01")


def test_slack_is_not_asked_where_no_group_decides(groups: Groups) -> None:
    """Most workspaces have no such rule, and must not pay for one with a call for each question."""
    permissions = build(groups, ask="UBEN C01", change="UANA SNET", admins="")
    assert permissions.refuse_asking("UBEN", "C01") is None
    assert permissions.refuse_asking("UANA", "C01")
    assert permissions.refuse_changing("UANA", "C01") is None
    assert not permissions.is_admin("UANA", "C01")
    assert groups.asked == []
