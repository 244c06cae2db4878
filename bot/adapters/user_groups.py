"""The user groups of Slack, remembered for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.slack import explain_silence
from bot.errors import SlackError

_log = logging.getLogger(__name__)

_TRY_AGAIN_S = 30
# Slack's word that there is no such group (any more), and not that it could not be asked.
_GONE = {"no_such_subteam", "plan_upgrade_required"}


@dataclass(frozen=True)
class _Members:
    users: frozenset[str]
    good_until: float


class SlackUserGroups:
    """Who is in which user group, by `usergroups.users.list`, each group asked about once in `ttl_s` seconds.

    Where Slack cannot be asked, the members last known stand, and without any the group is empty: nobody gets
    in by a fault. It needs the scope `usergroups:read`. Safe for several threads.
    """

    def __init__(
        self, client: WebClient, clock: Callable[[], float] = time.monotonic, ttl_s: float = 300
    ) -> None:
        self._client = client
        self._clock = clock
        self._ttl_s = ttl_s
        self._known: dict[str, _Members] = {}
        self._changing = threading.Lock()

    def find_groups(self, user_id: str, groups: Iterable[str]) -> frozenset[str]:
        """Those of the groups that hold the user; where it cannot be found out, none. Never raises."""
        return frozenset(group for group in groups if user_id in self._find_members(group))

    def _find_members(self, group: str) -> frozenset[str]:
        with self._changing:  # so that many who ask at once cost one call
            known = self._known.get(group)
            if known is None or known.good_until <= self._clock():
                known = self._known[group] = self._look_up(group, known.users if known else frozenset())
            return known.users

    def _look_up(self, group: str, last_known: frozenset[str]) -> _Members:
        try:
            users, ttl_s = self._list_users(group), self._ttl_s
        except SlackError as error:
            _log.warning(
                "user group %s cannot be read (it takes the scope usergroups:read): %s", group, error
            )
            is_gone = error.code in _GONE
            users, ttl_s = frozenset() if is_gone else last_known, min(self._ttl_s, _TRY_AGAIN_S)
        return _Members(users, self._clock() + ttl_s)

    def _list_users(self, group: str) -> frozenset[str]:
        try:
            return frozenset(self._client.usergroups_users_list(usergroup=group).get("users") or ())
        except SlackApiError as error:
            raise SlackError(str(error.response.get("error", "unknown_error"))) from error
        except (SlackClientError, OSError) as error:
            raise explain_silence(error) from error
