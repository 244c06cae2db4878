"""What the services need of the outside world.

The values that the ports speak of are named for whoever reads and checks them: to know a port loads none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.domain.address import Address
    from bot.domain.audit import AuditLine
    from bot.domain.changes import ChangeList, Extent
    from bot.domain.cidr import Block
    from bot.domain.conversation import Conversation
    from bot.domain.cost import Cost
    from bot.domain.coverage import CoverageRow, Problem
    from bot.domain.message import Message
    from bot.domain.prefixes import NamedPrefixes
    from bot.domain.question import Question
    from bot.domain.run import Run, SentFile
    from bot.domain.totals import Totals
    from bot.domain.view import View
    from bot.domain.view_answer import Sums, ViewRow
    from bot.domain.watch import Memory, Watch
    from bot.domain.window import Window


@dataclass(frozen=True)
class Scan:
    """A statement for an engine to run, the question that it answers, and whether it gives raw records.

    `asked_by` is the user to whom the engine is fair; scans of nobody in particular share one turn.
    """

    statement: str
    question: Question
    is_raw: bool = False
    asked_by: str = ""

    @property
    def window(self) -> Window:
        """What is read: raw records are those of the asked window alone."""
        return self.question.window if self.is_raw else self.question.scanned


class State(StrEnum):
    """How far an execution is."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Progress:
    """The state of an execution, and why it failed where it did."""

    state: State
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """A finished execution: the file with its result, what it read and what it could not read."""

    result: Path
    cost: Cost
    problems: tuple[Problem, ...] = ()


class Engine(Protocol):
    """Runs scans, several at a time, none of them in the caller's thread.

    `computes_once` tells whether what a statement names twice is computed once: another engine would read the
    flow logs once more for it.
    """

    name: str
    computes_once: bool

    def find_fields(self) -> frozenset[str]:
        """Which of the OPTIONAL fields its table of flow logs has; none where nobody can tell."""

    def start(self, token: str, scan: Scan) -> str:
        """Start a scan and return its execution's id. The same token starts nothing twice."""

    def poll(self, execution_ids: Sequence[str]) -> dict[str, Progress]:
        """The progress of each execution."""

    def wait(self, timeout_s: float) -> None:
        """Return when an execution may have ended, after `timeout_s` seconds at the latest."""

    def cancel(self, execution_id: str) -> None:
        """Stop an execution; one that has ended stays as it is."""

    def abandon(self, execution_id: str) -> None:
        """Take no more interest in an execution: whoever starts its token again goes on with it."""

    def fetch(self, execution_id: str) -> Outcome:
        """The outcome of an execution that succeeded. Raises EngineError."""

    def close(self) -> None:
        """Free what the engine holds; it takes no more scans."""


class Estimator(Protocol):
    """Weighs what a scan would read."""

    def sum_bytes(self, window: Window) -> int:
        """The bytes of the log files of the window's days, by listing them. Raises EngineError."""


class Reports(Protocol):
    """Views of a finished scan's result, on the embedded engine: no scan, no cost."""

    def load(self, result: Path, limit: int) -> Result:
        """Open a result that was asked for with a limit of `limit + 1` rows. Raises EngineError."""


class Result(Protocol):
    """One opened result.

    `truncated` tells that some conversations of the asked window are missing, `previous` how much there is
    of the window before. Everything but changes and coverage is of the asked window alone.
    """

    truncated: bool
    previous: Extent

    def read_coverage(self) -> tuple[list[CoverageRow], Totals]:
        """The coverage rows of all that was scanned, and the exact totals of the asked window."""

    def read_talkers(self, question: Question) -> list[Conversation]:
        """The largest conversations over the window, by the question's measure."""

    def read_sums(self, question: Question, view: View) -> Sums:
        """The sums over the conversations that a view keeps. Raises RequestError where it cannot be."""

    def read_view(self, question: Question, view: View, limit: int) -> Iterator[ViewRow]:
        """A view's rows, the largest first, or by day; at most `limit`. Raises RequestError, too."""

    def read_extras(self, question: Question, view: View) -> tuple[bool, bool]:
        """Whether the logs tell a path, and an AWS service, of anything that a view keeps."""

    def read_services(self, question: Question, hosts: Sequence[Address]) -> dict[str, str]:
        """The AWS services of those hosts for which the logs name one, by their addresses."""

    def read_changes(self, question: Question, view: View, limit: int) -> list[ChangeList]:
        """What changed against the window before, of each change at most `limit` conversations."""

    def read_rows(self) -> Iterator[Sequence[Any]]:
        """Every conversation of every day, in the order of the CSV: a day, then a Conversation's fields."""

    def read_records(self) -> Iterator[Sequence[Any]]:
        """The rows of a scan for raw records, led by the names of their columns."""

    def close(self) -> None:
        """Free what the result holds."""


class Expansions(Protocol):
    """Where the expansions of registered blocks are kept."""

    def write(self, block: Block) -> None:
        """Write the block's expansion, whole or not at all. Raises StoreError."""

    def has(self, block: Block) -> bool:
        """Whether the block's expansion is there and whole."""

    def remove(self, block: Block) -> None:
        """Remove the block's expansion; nothing happens where there is none. Raises StoreError."""


class BlockStore(Protocol):
    """The registered blocks, and the networks that name them. Every call raises StoreError."""

    def list_blocks(self) -> list[Block]:
        """Every registered block, sorted."""

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        """Every network's blocks, sorted, by the network's name."""

    def add(self, block: Block, name: str = "") -> bool:
        """Register a block, and add it to a network where one is named; False where both were so already."""

    def remove(self, blocks: Iterable[Block]) -> None:
        """Forget the blocks; a network that has none left is forgotten too."""

    def remove_network(self, name: str) -> None:
        """Forget the network's name; its blocks stay registered."""


class RangeNames(Protocol):
    """AWS's own list of its public ranges."""

    def read(self) -> NamedPrefixes | None:
        """What AWS calls its ranges; None where that cannot be read. Never raises or waits for a network."""


class HostNames(Protocol):
    """What hosts are called."""

    def find(self, addresses: Iterable[str]) -> dict[str, str]:
        """The names of those addresses that are known to have one, fit to be shown.

        Never raises, and takes a few seconds at most: a name that is not known by then, or not for sure, is
        left out.
        """


class Chat(Protocol):
    """Where people are: posts, edits and files. Every call raises SlackError."""

    @property
    def takes_charts(self) -> bool:
        """Whether the latest message with charts is shown with them."""

    def post(self, channel: str, message: Message, thread_ts: str = "", key: str = "") -> str:
        """Post a message, in a thread where one is named, and return its ts; `find` knows it by its key."""

    def find(self, channel: str, key: str, since: datetime, thread_ts: str = "") -> str:
        """The ts of the message that was posted under a key, or an empty text where none is seen."""

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of our own."""

    def respond(self, response_url: str, message: Message) -> None:
        """Tell the person alone who was given this response_url."""

    def whisper(self, channel: str, user_id: str, message: Message, thread_ts: str = "") -> None:
        """Tell one person alone, in a channel or a thread of it where the bot is a member."""

    def reserve_file(self, name: str, size_bytes: int, alt_text: str = "") -> Reservation:
        """A place for the bytes of a file of exactly this size, and the words for who does not see it."""

    def send_file(self, reservation: Reservation, file: Path) -> None:
        """Send the bytes. Nobody sees the file yet."""

    def share_files(self, files: Sequence[SentFile], channel: str, thread_ts: str, comment: str) -> None:
        """Share files that were sent in a thread, all or none, in one message with a comment above them."""

    def is_shared(self, file_id: str, channel: str) -> bool:
        """Whether a file that was sent is shared in the channel already."""


@dataclass(frozen=True)
class Reservation:
    """A file's id at Slack, and the address that takes its bytes, once."""

    file_id: str
    upload_url: str


class RunStore(Protocol):
    """The runs, kept; each is leased to one process at a time. Every call raises StoreError.

    A process that lost a run's lease cannot change the run: `save` and `end` raise LeaseLostError then.
    """

    def submit(self, run: Run, line: AuditLine, *, take: bool) -> bool:
        """Keep a new run, and lease it where `take` says so; False where its request was taken before."""

    def claim(self, limit: int) -> list[Run]:
        """Lease up to `limit` unfinished runs that nobody has, the people who asked taking turns."""

    def renew(self, run_ids: Iterable[str]) -> frozenset[str]:
        """Lease the runs for longer, and return those that are still ours."""

    def release(self, run_ids: Iterable[str]) -> None:
        """Give the leases back."""

    def save(self, run: Run) -> None:
        """Commit how far a run is. Raises LeaseLostError."""

    def end(self, run: Run, outcome: str) -> None:
        """Commit how a run ended, and write it into its audit line. Raises LeaseLostError."""

    def knows(self, key: str) -> bool:
        """Whether a request was taken before."""

    def note(self, line: AuditLine) -> bool:
        """Write the audit line of a command that is no run; False where it was written before."""

    def cancel(self, run_id: str, user_id: str) -> bool:
        """Ask whoever has a run to end it; False where it has ended, or somebody asked that before."""

    def find_cancelled(self, run_ids: Iterable[str]) -> dict[str, str]:
        """Who cancelled which of the runs."""

    def find(self, prefix: str) -> list[Run]:
        """The runs whose ids begin so, at most two of them."""

    def list_recent(self, channel: str, user_id: str, limit: int) -> list[Run]:
        """The channel's and the person's runs, the unfinished ones first, the latest first."""

    def count_unfinished(self, user_id: str, channel: str) -> tuple[int, int]:
        """How many runs of the person, and of the channel, are under way."""

    def count_by_state(self) -> dict[str, int]:
        """How many unfinished runs are in each state."""

    def forget(self, runs_before: datetime, lines_before: datetime) -> None:
        """Delete the runs that ended, and the audit lines that were written, before a time."""


class WatchStore(Protocol):
    """The watches, kept. Every call raises StoreError."""

    def add(self, watch: Watch) -> None:
        """Keep a new watch."""

    def find(self, prefix: str) -> list[Watch]:
        """The watches whose ids begin so, at most two of them."""

    def list_for(self, channel: str, user_id: str) -> list[Watch]:
        """The channel's and the person's watches."""

    def find_due(self, now: datetime) -> list[Watch]:
        """The watches whose time has come."""

    def advance(self, watch_id: str, next_at: datetime) -> None:
        """Set when a watch looks next."""

    def pause(self, watch_id: str, next_at: datetime, *, is_paused: bool) -> None:
        """Let a watch rest, or go on at a time."""

    def remember(self, watch_id: str, memory: Memory) -> None:
        """Keep what a watch found."""

    def remove(self, watch_id: str) -> None:
        """Forget a watch."""


class People(Protocol):
    """What Slack knows of people."""

    def find_time_zone(self, user_id: str) -> str:
        """The IANA name of a person's time zone; `UTC` where Slack does not tell."""
