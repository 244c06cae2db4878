"""How many questions may be under way at once."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.wording import count


@dataclass(frozen=True)
class Quota:
    """The most questions under way of one user, and in one channel; 0 is no limit."""

    per_user: int
    per_channel: int

    def refuse(self, user_active: int, channel_active: int) -> str:
        """Why one more question is too many, in one sentence; empty where it is not."""
        if _is_full(user_active, self.per_user):
            return _explain("You have", user_active, self.per_user)
        if _is_full(channel_active, self.per_channel):
            return _explain("This channel has", channel_active, self.per_channel)
        return ""


def _is_full(active: int, most: int) -> bool:
    return 0 < most <= active


def _explain(who_has: str, active: int, most: int) -> str:
    return (
        f"{who_has} {count(active, 'question')} under way, and {most:,} is the most: "
        "wait for one to end, or cancel one (/vpccidr runs lists them)."
    )
