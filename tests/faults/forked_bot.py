"""The mortal bot, forked from a process that has imported everything: a life begins in a moment."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.bot_process import FOREIGN, PATIENCE_S

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.faults.mortal_bot", "bot.serving"])


class ForkedBot:
    """`python -m tests.faults.mortal_bot serve`, in the same words as a BotProcess, for many short lives.

    Importing what the bot needs takes most of the time of a life that is killed young; this one skips it.
    """

    def __init__(self, settings_environ: Mapping[str, str], *, log_file: Path) -> None:
        self._environ = dict(settings_environ)
        self._log_file = log_file
        self._process: ForkServerProcess | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it, if it is alive."""
        self.kill()

    def start(self) -> None:
        """Begin a life; returns before it is ready. Raises RuntimeError where it is alive."""
        if self.is_alive:
            raise RuntimeError("the bot is alive already")
        self._process = _FORKING.Process(target=_live, args=[self._environ, self._log_file], daemon=True)
        self._process.start()

    def kill(self) -> None:
        """End it as a crash does (SIGKILL), and return when it is gone; nothing happens where it is."""
        if self._process is not None and self._process.pid is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended just now
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.join()

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait until it ends by itself, and return its exit code. Raises TimeoutExpired."""
        if self._process is None:
            raise RuntimeError("the bot was never started")
        self._process.join(timeout_s)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.log[-3000:], timeout_s)
        return self._process.exitcode

    def terminate(self, timeout_s: float = PATIENCE_S) -> int:
        """Ask it to end (SIGTERM) and return its exit code. Raises TimeoutExpired where it does not."""
        if self._process is not None:
            self._process.terminate()
        return self.wait(timeout_s)

    @property
    def is_alive(self) -> bool:
        """Whether a life was begun and has not ended."""
        return self._process is not None and self._process.is_alive()

    @property
    def log(self) -> str:
        """What it has written so far, over all its lives."""
        return self._log_file.read_text(encoding="utf-8") if self._log_file.exists() else ""


def _live(environ: Mapping[str, str], log_file: Path) -> None:
    """One life, in the forked process."""
    from tests.faults import mortal_bot  # noqa: PLC0415 - imported before the fork

    log = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    os.environ.update(environ)
    sys.exit(mortal_bot.live(["serve"]))
