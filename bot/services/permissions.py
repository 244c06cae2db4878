"""Who may do what, with their user groups looked up where a rule names groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.domain.permission import Person, Policy, Refusal, Rule


class UserGroups(Protocol):
    """Slack's user groups."""

    def find_groups(self, user_id: str, groups: Iterable[str]) -> frozenset[str]:
        """Those of the groups that hold the user; where it cannot be found out, none. Never raises."""


class Permissions:
    """A policy for people of whom only the user's and the channel's id are known.

    A call may ask Slack, and so take as long as Slack does: acknowledge first.
    """

    def __init__(self, policy: Policy, user_groups: UserGroups) -> None:
        self._policy = policy
        self._user_groups = user_groups

    def refuse_asking(self, user_id: str, channel: str) -> Refusal | None:
        """Why the user may not ask questions in the channel, or None where they may."""
        return self._policy.refuse_asking(self._identify(user_id, channel, self._policy.ask))

    def refuse_changing(self, user_id: str, channel: str) -> Refusal | None:
        """Why the user may not change blocks and names in the channel, or None where they may."""
        return self._policy.refuse_changing(self._identify(user_id, channel, self._policy.change))

    def is_admin(self, user_id: str, channel: str) -> bool:
        """Whether the user administers the bot."""
        return self._policy.is_admin(self._identify(user_id, channel, self._policy.admins))

    def _identify(self, user_id: str, channel: str, rule: Rule) -> Person:
        """The person, with the groups that decide; Slack is not asked about one who is named anyway."""
        if not rule.groups or user_id in rule.users:
            return Person(user_id, channel)
        return Person(user_id, channel, self._user_groups.find_groups(user_id, rule.groups))
