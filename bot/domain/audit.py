"""The audit line of a command: who did what, where, what it cost, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ACCEPTED = "accepted"


@dataclass(frozen=True)
class AuditLine:
    """One command. `key` is Slack's id of the request; `run_id` the run that it began, if any.

    `outcome` is a word or a sentence: `accepted` while a run is under way, then how it ended.
    """

    key: str
    at: datetime
    user_id: str
    channel: str
    verb: str
    line: str
    outcome: str = ACCEPTED
    run_id: str = ""
