"""What is measured of the bot's work."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Takes what happens, as it happens, and never waits."""

    def count_command(self, verb: str, outcome: str) -> None:
        """A command was typed: `accepted`, `refused`, `duplicate` or `failed`."""

    def observe_stage(self, stage: str, elapsed_s: float) -> None:
        """A run went through a stage: `queued`, `scanning`, `delivering`, or `whole` for all of it."""

    def count_run(self, outcome: str) -> None:
        """A run ended: `done`, `failed` or `cancelled`."""

    def count_scanned(self, scanned_bytes: int, usd: float) -> None:
        """A scan read so many bytes, for so many US dollars."""

    def count_slack_error(self, code: str) -> None:
        """Slack refused a call, by its own error name."""

    def observe_acknowledgement(self, elapsed_s: float) -> None:
        """What Slack sent was acknowledged after so many seconds."""


class NoMeter:
    """Measures nothing."""

    def count_command(self, verb: str, outcome: str) -> None:
        """Nothing."""

    def observe_stage(self, stage: str, elapsed_s: float) -> None:
        """Nothing."""

    def count_run(self, outcome: str) -> None:
        """Nothing."""

    def count_scanned(self, scanned_bytes: int, usd: float) -> None:
        """Nothing."""

    def count_slack_error(self, code: str) -> None:
        """Nothing."""

    def observe_acknowledgement(self, elapsed_s: float) -> None:
        """Nothing."""
