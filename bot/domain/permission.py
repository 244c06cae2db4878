"""Who may do what, and where: in Slack's ids of users, user groups and channels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP = re.compile(r"S[A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,}")

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Person:
    """Somebody at Slack, in the channel where they typed; `groups` are those of their groups that matter."""

    user_id: str
    channel: str
    groups: frozenset[str] = _NOBODY


@dataclass(frozen=True)
class Rule:
    """Where users or groups are named, one must be the person's; where channels are named, theirs must be.

    A rule that names nothing lets everybody, everywhere.
    """

    users: frozenset[str] = _NOBODY
    groups: frozenset[str] = _NOBODY
    channels: frozenset[str] = _NOBODY

    @property
    def names_people(self) -> bool:
        """Whether it says who, and not only where."""
        return bool(self.users or self.groups)

    def lets(self, person: Person) -> bool:
        """Whether the person may, where they are."""
        is_one = (
            not self.names_people or person.user_id in self.users or not self.groups.isdisjoint(person.groups)
        )
        return is_one and (not self.channels or person.channel in self.channels)


@dataclass(frozen=True)
class Refusal:
    """That a person may not, and whom the rule lets; `deed` begins the sentence: `Questions may be asked`."""

    deed: str
    rule: Rule


@dataclass(frozen=True)
class Policy:
    """The rules of asking questions and of changing what is registered, and who the administrators are.

    The two rules hold for administrators, too. Where `admins` names nobody, nobody is one.
    """

    ask: Rule = field(default_factory=Rule)
    change: Rule = field(default_factory=Rule)
    admins: Rule = field(default_factory=Rule)

    def refuse_asking(self, person: Person) -> Refusal | None:
        """Why the person may not ask questions here, or None where they may."""
        return None if self.ask.lets(person) else Refusal("Questions may be asked", self.ask)

    def refuse_changing(self, person: Person) -> Refusal | None:
        """Why the person may not change blocks and names here, or None where they may."""
        return None if self.change.lets(person) else Refusal("Blocks and names may be changed", self.change)

    def is_admin(self, person: Person) -> bool:
        """Whether the person administers the bot."""
        return self.admins.names_people and self.admins.lets(person)


def parse_rule(words: str) -> Rule:
    """The rule of ids with commas or spaces between them; no word, no rule. Raises ValueError."""
    ids = words.replace(",", " ").split()
    for word in ids:
        if not any(kind.fullmatch(word) for kind in (_USER, _GROUP, _CHANNEL)):
            raise ValueError(
                f"{word!r} is no id of a user (U… or W…), a user group (S…) or a channel (C…, G… or D…)."
            )
    return Rule(*(frozenset(filter(kind.fullmatch, ids)) for kind in (_USER, _GROUP, _CHANNEL)))
