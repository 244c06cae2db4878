"""Who may do what, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_GROUP = re.compile(r"S[A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")


@dataclass(frozen=True)
class Rule:
    """Slack's ids of users, user groups and channels.

    Where users or groups are named, a person must be one of them; where channels are, it must be there. An
    empty rule lets everybody do it everywhere.
    """

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @property
    def names_people(self) -> bool:
        """Whether it is for some people only."""
        return bool(self.users or self.groups)


ANYBODY = Rule()


@dataclass(frozen=True)
class Policy:
    """The rules for asking and for changing the registry, and the admins: nobody where none is named."""

    ask: Rule = ANYBODY
    change: Rule = ANYBODY
    admins: Rule = ANYBODY


def parse_rule(text: str) -> Rule:
    """The rule of Slack's ids, with commas or spaces between them. Raises ValueError of the wrong word."""
    words = text.replace(",", " ").split()
    for word in words:
        if not any(kind.fullmatch(word) for kind in (_USER, _GROUP, _CHANNEL)):
            raise ValueError(word)
    users, groups, channels = (frozenset(filter(kind.fullmatch, words)) for kind in (_USER, _GROUP, _CHANNEL))
    return Rule(users, groups, channels)


def find_obstacle(rule: Rule, user_id: str, channel: str, groups: frozenset[str]) -> str:
    """Why a person of these groups may not do it in a channel, as a sentence; empty where they may."""
    is_named = user_id in rule.users or bool(groups & rule.groups)
    if rule.names_people and not is_named:
        return "You may not do that here: whoever runs the bot has named who may."
    if rule.channels and channel not in rule.channels:
        return "That may not be done in this channel: whoever runs the bot has named where it may."
    return ""
