"""How much may be under way at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """The most runs under way of one person, and in one channel; 0 for no limit."""

    per_user: int = 0
    per_channel: int = 0

    def refuse(self, of_user: int, of_channel: int) -> str:
        """Why one more is too many, as a sentence; empty where it is not."""
        hint = "wait for one to end, or cancel one"
        if self.per_user and of_user >= self.per_user:
            return f"You have {of_user} questions under way, and {self.per_user} is the most: {hint}."
        if self.per_channel and of_channel >= self.per_channel:
            most = f"{self.per_channel} is the most: {hint}"
            return f"This channel has {of_channel} questions under way, and {most}."
        return ""
