"""How long commands take and how much memory they need, as whole processes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_LAUNCH = str(Path(__file__).with_name("launch.py"))


@dataclass(frozen=True)
class Taken:
    """What one run of a command took: seconds of wall time, and MB at its peak."""

    seconds: float
    peak_mb: float
    output: str = ""


def run(command: Sequence[str]) -> Taken:
    """Run a command to its end; what it says on the way is not shown. Raises CalledProcessError."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as report:
        launch = [sys.executable, "-I", "-S", _LAUNCH, report.name, *command]
        done = subprocess.run(launch, capture_output=True, text=True, check=False)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr[-2000:])
        seconds, peak_mb = map(float, report.read().split())
    return Taken(seconds, peak_mb, done.stdout)


def take_middle(runs: Sequence[Taken]) -> Taken:
    """The median of the seconds, and of the peaks, each on its own."""
    return Taken(median(one.seconds for one in runs), median(one.peak_mb for one in runs), runs[-1].output)


def run_in_turn(commands: Sequence[Sequence[str]], times: int) -> list[Taken]:
    """Run the commands A B C A B C …, so that a slow moment of the machine hits all of them alike."""
    rounds = [[run(command) for command in commands] for _ in range(times)]
    return [take_middle(one) for one in zip(*rounds, strict=True)]


def ask(logs: Path, data_dir: Path, line: str, last_day: str) -> list[str]:
    """The command that asks a question as a person would, of the state in `data_dir`."""
    arguments = ["ask", "--logs", str(logs), "--now", f"{last_day}T18:00:00Z", "--json", *line.split()]
    return ["env", f"VPCCIDR_DATA_DIR={data_dir}", sys.executable, "-m", "bot", *arguments]


def script(name: str, *arguments: object) -> list[str]:
    """The command that runs one of this folder's modules."""
    return [sys.executable, "-m", f"tests.bench.{name}", *map(str, arguments)]


def shell(line: str) -> list[str]:
    """The command that gives a line to the shell."""
    return ["sh", "-c", line]
