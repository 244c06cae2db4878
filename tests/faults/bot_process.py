"""The bot as a real process, which a test starts, kills, pauses and starts again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
FOREIGN = ("VPCCIDR_", "SLACK_", "AWS_")
"""How the names of the variables begin that would set the bot."""


class BotProcess:
    """`python -m <module> <arguments>`, with `settings_environ` and nothing else that would set the bot.

    What it writes to its standard output and error is added to `log_file`, over all its lives. A context
    manager: at its end no process is left behind, whatever state it was in.
    """

    def __init__(
        self,
        settings_environ: Mapping[str, str],
        *,
        log_file: Path,
        module: str = "bot",
        arguments: Sequence[str] = ("serve",),
    ) -> None:
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self._environ |= settings_environ
        self._command = [sys.executable, "-m", module, *arguments]
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it, if it is alive."""
        self.kill()

    def start(self) -> None:
        """Start the process; returns before it is ready. Raises RuntimeError where it is alive."""
        if self.is_alive:
            raise RuntimeError("the bot is alive already")
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its children die with it
            )

    def kill(self) -> None:
        """End it as a crash does (SIGKILL), and return when it is gone; nothing happens where it is.

        Any thread may call it, such as a hook of the local Slack's.
        """
        process = self._process
        if process is not None and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ended just now
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def terminate(self, timeout_s: float = PATIENCE_S) -> int:
        """Ask it to end (SIGTERM) and return its exit code. Raises TimeoutExpired where it does not."""
        process = self._require()
        self._signal(signal.SIGTERM)
        return process.wait(timeout_s)

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait until it ends by itself, and return its exit code. Raises TimeoutExpired."""
        if self._process is None:
            raise RuntimeError("the bot was never started")
        return self._process.wait(timeout_s)

    def pause(self) -> None:
        """Stop its time (SIGSTOP): its connections stay open, and nobody answers on them."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let its time go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    @property
    def is_alive(self) -> bool:
        """Whether the process was started and has not ended; a paused one is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id. Raises RuntimeError where there is none."""
        return self._require().pid

    @property
    def log(self) -> str:
        """What it has written so far, over all its lives."""
        return self._log_file.read_text(encoding="utf-8") if self._log_file.exists() else ""

    def _require(self) -> subprocess.Popen[bytes]:
        if self._process is None or not self.is_alive:
            raise RuntimeError(f"the bot is not alive; its log:\n{self.log[-3000:]}")
        return self._process

    def _signal(self, number: signal.Signals) -> None:
        os.killpg(self._require().pid, number)
