"""The real bot in a process that kills itself at a named step: `python -m tests.faults.mortal_bot serve`.

Every call with an outside effect is a step, named after what it calls and counted: `chat.post#1`.
MORTAL_AT=`before chat.post#1` kills the process there, as a crash would; MORTAL_TRACE names a file that gets
the steps in their order. Nothing in the bot knows of this.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.__main__ import main
from bot.adapters import athena_engine
from bot.adapters.athena_engine import AthenaEngine
from bot.adapters.block_store import SqlBlockStore
from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.folder import ExpansionFolder
from bot.adapters.run_store import SqlRunStore
from bot.adapters.s3_expansions import S3Expansions
from bot.adapters.slack import SlackChat
from bot.adapters.watch_store import SqlWatchStore
from bot.services import driver

_QUICK_S = 0.1

_STEPS: dict[type, tuple[str, ...]] = {
    SqlRunStore: ("submit", "save", "end"),
    SqlBlockStore: ("add",),
    SqlWatchStore: ("remember",),
    SlackChat: ("post", "update", "respond", "whisper", "reserve_file", "send_file", "share_files"),
    DuckDBEngine: ("start", "fetch"),
    AthenaEngine: ("_launch", "fetch"),
    ExpansionFolder: ("write",),
    S3Expansions: ("write",),
}
_NAMES = {
    SqlRunStore: "store",
    SqlBlockStore: "blocks",
    SqlWatchStore: "watches",
    SlackChat: "chat",
    DuckDBEngine: "engine",
    AthenaEngine: "engine",
    ExpansionFolder: "expansions",
    S3Expansions: "expansions",
}


class _Fate:
    """Counts the steps, and ends the process at one of them."""

    def __init__(self, at: str, trace: str) -> None:
        self._at = at
        self._trace = Path(trace) if trace else None
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, name: str) -> str:
        with self._lock:
            self._counts[name] += 1
            step = f"{name}#{self._counts[name]}"
            if self._trace:
                with self._trace.open("a", encoding="utf-8") as file:
                    print(step, file=file)
            return step

    def meet(self, moment: str) -> None:
        if moment == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def _make_step(name: str, call: Callable[..., Any], fate: _Fate) -> Callable[..., Any]:
    @functools.wraps(call)
    def step(*arguments: Any, **named: Any) -> Any:
        counted = fate.count(name)
        fate.meet(f"before {counted}")
        value = call(*arguments, **named)
        fate.meet(f"after {counted}")
        return value

    return step


def _make_mortal(fate: _Fate) -> None:
    for kind, methods in _STEPS.items():
        for method in methods:
            name = f"{_NAMES[kind]}.{method.removeprefix('_')}"
            setattr(kind, method, _make_step(name, getattr(kind, method), fate))


def _hurry() -> None:
    """Look more often at Athena and at the store, so that many lives fit into a test."""
    athena_engine.LOOK_EVERY_S = driver._LOOK_EVERY_S = driver._TEND_EVERY_S = _QUICK_S


def live(arguments: Sequence[str]) -> int:
    """One life of the bot, as the environment says."""
    _hurry()
    _make_mortal(_Fate(os.environ.get("MORTAL_AT", ""), os.environ.get("MORTAL_TRACE", "")))
    return main(arguments)


if __name__ == "__main__":
    sys.exit(live(sys.argv[1:]))
