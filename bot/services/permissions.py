"""Who may do what: the policy, and Slack's word on who is in which user group."""

from __future__ import annotations

from typing import Protocol

from bot.domain.permission import Policy, Rule, find_obstacle
from bot.errors import RequestError


class UserGroups(Protocol):
    """Slack's user groups."""

    def find_groups(self, user_id: str, groups: frozenset[str]) -> frozenset[str]:
        """Those of the groups that hold the user; none where Slack cannot be asked."""


class Permissions:
    """Applies a policy. Slack is asked only where a rule names user groups."""

    def __init__(self, policy: Policy, user_groups: UserGroups) -> None:
        self._policy = policy
        self._user_groups = user_groups

    def check_asking(self, user_id: str, channel: str) -> None:
        """Raises RequestError where this person may not ask, or not here."""
        self._check(self._policy.ask, user_id, channel)

    def check_changing(self, user_id: str, channel: str) -> None:
        """Raises RequestError where this person may not change the registry, or not here."""
        self._check(self._policy.change, user_id, channel)

    def is_admin(self, user_id: str) -> bool:
        """Whether this person may cancel what others asked."""
        admins = self._policy.admins
        return admins.names_people and not self._refuse(admins, user_id, "")

    def _check(self, rule: Rule, user_id: str, channel: str) -> None:
        if refusal := self._refuse(rule, user_id, channel):
            raise RequestError(refusal, "help")

    def _refuse(self, rule: Rule, user_id: str, channel: str) -> str:
        groups = self._user_groups.find_groups(user_id, rule.groups) if rule.groups else frozenset()
        return find_obstacle(rule, user_id, channel, groups)
