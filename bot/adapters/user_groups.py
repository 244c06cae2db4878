"""Slack's user groups, asked for now and then."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

_log = logging.getLogger(__name__)
FRESH_S = 300.0
"""How long a group's members are taken to stay the same."""


class SlackUserGroups:
    """Who is in which user group. The app needs the scope usergroups:read where this is asked."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    def find_groups(self, user_id: str, groups: frozenset[str]) -> frozenset[str]:
        """Those of the groups that hold the user; where Slack tells nothing, what it told last counts."""
        return frozenset(group for group in groups if user_id in self._read_members(group))

    def _read_members(self, group: str) -> frozenset[str]:
        read_at, members = self._members.get(group, (float("-inf"), frozenset()))
        if self._clock() - read_at < FRESH_S:
            return members
        try:
            members = frozenset(self._client.usergroups_users_list(usergroup=group)["users"])
        except (SlackClientError, OSError) as error:
            _log.warning("the members of %s could not be read: %s", group, error)
            return members
        self._members[group] = (self._clock(), members)
        return members
