"""Many people at once: commands typed over a few seconds, and how long each waited for its acknowledgement."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.local_slack import LocalSlack, LocalSlackSettings

USERS = tuple(f"user{number}" for number in range(50))
CHANNELS = ("network", "cloud", "security", "platform", "random")
WAVE_S = 10.0
SLACKS_LIMIT_S = 3.0

CROWD = LocalSlackSettings(
    channels=CHANNELS, bot_channels=CHANNELS, users=USERS, rate_limits_on=False, ack_timeout_s=60.0
)
"""A Slack with fifty people that does not slow the bot down by its own limits."""


@dataclass(frozen=True)
class Latencies:
    """How long commands waited for their acknowledgements, in seconds."""

    waited_s: Sequence[float]

    def find_percentile(self, percent: float) -> float:
        """The wait that so many per cent of the commands did not exceed."""
        ordered = sorted(self.waited_s)
        return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]

    def describe(self) -> str:
        """The figures, against Slack's limit."""
        figures = ((name, self.find_percentile(percent)) for name, percent in (("p50", 50), ("p99", 99)))
        told = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in figures)
        worst = max(self.waited_s)
        return f"{len(self.waited_s)} commands: {told}, worst {worst * 1000:.0f} ms of {SLACKS_LIMIT_S:g} s"


def type_wave(slack: LocalSlack, lines: Sequence[str], over_s: float = WAVE_S) -> None:
    """Let every user type every line, evenly over so many seconds; returns when all are acknowledged."""
    typed = [(user, line) for line in lines for user in USERS]
    began = time.monotonic()
    with ThreadPoolExecutor(len(USERS)) as people:
        for number, (user, line) in enumerate(typed):
            time.sleep(max(0.0, began + over_s * number / len(typed) - time.monotonic()))
            people.submit(slack.type_command, f"/vpccidr {line}", CHANNELS[number % len(CHANNELS)], user)


def read_rss_bytes(pid: int) -> int:
    """The memory that a process holds now, without what is swapped out."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
