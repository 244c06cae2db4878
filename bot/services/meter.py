"""What the bot counts of itself."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Counts and measures; none of its calls fails."""

    def count_command(self, verb: str, outcome: str) -> None:
        """A command was `accepted`, `answered`, `refused` or `failed`."""

    def observe_acknowledgement(self, elapsed_s: float) -> None:
        """How long Slack waited for an acknowledgement."""

    def observe_stage(self, stage: str, elapsed_s: float) -> None:
        """How long a run was in a stage: `scanning`, or `whole`."""

    def count_run(self, outcome: str) -> None:
        """A run ended as `done`, `failed` or `cancelled`."""

    def count_scanned(self, scanned_bytes: int, usd: float) -> None:
        """A scan read so many bytes, and cost so much."""

    def count_slack_error(self, code: str) -> None:
        """Slack refused a call, or could not be reached."""


class NoMeter:
    """Counts nothing."""

    def count_command(self, verb: str, outcome: str) -> None:
        """Nothing."""

    def observe_acknowledgement(self, elapsed_s: float) -> None:
        """Nothing."""

    def observe_stage(self, stage: str, elapsed_s: float) -> None:
        """Nothing."""

    def count_run(self, outcome: str) -> None:
        """Nothing."""

    def count_scanned(self, scanned_bytes: int, usd: float) -> None:
        """Nothing."""

    def count_slack_error(self, code: str) -> None:
        """Nothing."""
