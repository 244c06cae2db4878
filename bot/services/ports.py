"""What the services need of the outside world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from bot.domain.answer import Conversation, Cost
from bot.domain.cidr import Block
from bot.domain.coverage import CoverageRow, Problem
from bot.domain.message import Message
from bot.domain.question import Question
from bot.domain.totals import Totals
from bot.domain.view import View
from bot.domain.view_answer import Sums, ViewRow
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
    """Runs scans, several at a time, none of them in the caller's thread."""

    name: str

    def start(self, token: str, scan: Scan) -> str:
        """Start a scan and return its execution's id. The same token starts nothing twice."""

    def poll(self, execution_ids: Sequence[str]) -> dict[str, Progress]:
        """The progress of each execution."""

    def wait(self, timeout_s: float) -> None:
        """Return when an execution may have ended, after `timeout_s` seconds at the latest."""

    def cancel(self, execution_id: str) -> None:
        """Stop an execution; one that has ended stays as it is."""

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
    """One opened result."""

    truncated: bool

    def read_coverage(self) -> tuple[list[CoverageRow], Totals]:
        """The coverage rows and the exact totals."""

    def read_talkers(self, question: Question) -> list[Conversation]:
        """The largest conversations over the window, by the question's measure."""

    def read_sums(self, question: Question, view: View) -> Sums:
        """The sums over the conversations that a view keeps. Raises RequestError where it cannot be."""

    def read_view(self, question: Question, view: View, limit: int) -> Iterator[ViewRow]:
        """A view's rows, the largest first, or by day; at most `limit`. Raises RequestError, too."""

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


class Chat(Protocol):
    """Where people are: posts, edits and files. Every call raises SlackError."""

    def post(self, channel: str, message: Message, thread_ts: str = "") -> str:
        """Post a message, in a thread where one is named, and return its ts."""

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of our own."""

    def upload(self, channel: str, thread_ts: str, file: Path, comment: str) -> None:
        """Share a file in a thread, under its own name, with a comment above it."""
