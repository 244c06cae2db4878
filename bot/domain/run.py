"""A run: one asked question, from the command to the delivered answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.cost import Cost
from bot.domain.coverage import Problem
from bot.domain.question import Question

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # nothing that reads like something else
_ID_LENGTH = 10


class RunState(StrEnum):
    """How far a run is."""

    SUBMITTED = "submitted"
    SCANNING = "scanning"
    DELIVERING = "delivering"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (RunState.SUBMITTED, RunState.SCANNING, RunState.DELIVERING)


@dataclass(frozen=True)
class Asked:
    """Who asked what, where and when.

    `key` is Slack's own id of the request: what comes with the same key is the same request once more.
    `response_url` tells that person alone, for 30 minutes and five times, even where the bot is not a
    member; empty where there is none. `thread_ts` is the thread that it was asked in, if any. `confirmed`
    says that they were shown the cost and agreed; `watch_id` is the watch that asked, if one did.
    """

    key: str
    channel: str
    user_id: str
    line: str
    at: datetime
    response_url: str = ""
    thread_ts: str = ""
    confirmed: bool = False
    watch_id: str = ""


@dataclass(frozen=True)
class SentFile:
    """A file whose bytes are at Slack, to be shared under a name."""

    file_id: str
    name: str


@dataclass(frozen=True)
class Upload:
    """A CSV whose bytes are at Slack, to be shared under a name, with a comment above it.

    `pictures` are shared with it, in the same call.
    """

    file_id: str
    name: str
    comment: str
    pictures: tuple[SentFile, ...] = ()


@dataclass(frozen=True)
class Scanned:
    """A finished scan, kept: the path of its result, when it ended, its cost, and what was unreadable."""

    result: str
    at: datetime
    cost: Cost
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Run:
    """One run, as it is kept: what was asked, how far it is, and which outside effects may have been had.

    `question` and `statement` are there once the question is understood. `is_posting` tells that its message
    may be in the channel, `message_ts` that it is, `is_answered` that it shows the answer, and
    `is_chart_refused` that it does so without a chart that it has. `records` is
    the second scan, of a run that is to give the log's own records. `reason` is why the run fails, as a
    sentence; `cancelled_by` the user who ended it. `epoch` counts how often the run was taken up, so that a
    worker of an earlier time cannot change it any more. `news` is what a watch tells above the answer.
    `max_rows` is how many rows its scan may give, whatever the bot is set to since: a result that was cut
    stays cut. It is 0 in runs of earlier versions.
    """

    id: str
    asked: Asked
    state: RunState = RunState.SUBMITTED
    question: Question | None = None
    statement: str = ""
    notes: tuple[str, ...] = ()
    message_ts: str = ""
    scanned: Scanned | None = None
    records: Scanned | None = None
    is_posting: bool = False
    is_answered: bool = False
    is_chart_refused: bool = False
    verdict: str = ""
    upload: Upload | None = None
    reason: str = ""
    cancelled_by: str = ""
    ended_at: datetime | None = None
    epoch: int = 0
    news: tuple[str, ...] = ()
    max_rows: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be done."""
        return self.state not in UNFINISHED

    @property
    def understood(self) -> Question:
        """The question. Raises ValueError before it is understood."""
        if self.question is None:
            raise ValueError(f"run {self.id} has no question yet")
        return self.question

    @property
    def thread_ts(self) -> str:
        """The thread that holds what belongs to the answer: the one it was asked in, or the message's own."""
        return self.asked.thread_ts or self.message_ts

    @property
    def is_for_records(self) -> bool:
        """Whether the answer stands and the log's own records are due."""
        return self.is_answered and self.understood.raw_rows > 0

    @property
    def token(self) -> str:
        """What the engine knows the scan by that is due."""
        return f"{self.id}-raw" if self.is_for_records else self.id

    @property
    def due_result(self) -> Scanned | None:
        """The finished scan that is to be delivered next, if there is one."""
        return self.records if self.is_for_records else self.scanned


def new_run_id() -> str:
    """An id that a person can read aloud: 50 random bits in ten letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
