"""The product against the oracle, on random log sets and every scenario in both its forms.

VPCCIDR_ORACLE_SETS=2000 runs that many log sets; VPCCIDR_ORACLE_FIRST=137 with VPCCIDR_ORACLE_SETS=1 runs
the one whose seed a failure named.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import json
import os
import time
import traceback
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle import oracle
from tests.oracle.logfiles import write_logset
from tests.oracle.logset import build_logset
from tests.oracle.question import random_questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.oracle.logset import LogSet, Side
    from tests.oracle.question import Question

SETS = int(os.environ.get("VPCCIDR_ORACLE_SETS", "200"))
FIRST = int(os.environ.get("VPCCIDR_ORACLE_FIRST", "0"))
CHUNK = 10
SHOWN_FAILURES = 3


@pytest.fixture(autouse=True)
def _clean_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every setting of the person who runs the tests away; a home network would change the forms."""
    for name in list(os.environ):
        if name.startswith("VPCCIDR_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("start", range(FIRST, FIRST + SETS, CHUNK))
def test_product_agrees_with_oracle(start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one statement must mean what the design says, on every edge that nobody thought of by hand."""
    failures: list[str] = []
    for seed in range(start, min(start + CHUNK, FIRST + SETS)):
        folder = tmp_path / str(seed)
        monkeypatch.setenv("VPCCIDR_DATA_DIR", str(folder / "state"))
        failures += check_logset(build_logset(seed), folder)
    if failures:
        shown = "\n\n".join(failures[:SHOWN_FAILURES])
        pytest.fail(f"{len(failures)} answers differ, of which:\n\n{shown}", pytrace=False)


def check_logset(logset: LogSet, folder: Path) -> list[str]:
    """Ask everything about one log set; returns a readable text for each answer that differs."""
    logs = folder / "logs"
    logs.mkdir(parents=True)
    (folder / "state").mkdir()
    write_logset(logset, logs)
    if logset.seed % 2:  # old enough to be copied: of two questions, the second reads the copies of the first
        let_settle(logs)
    for side in (logset.home, logset.other):
        register_network(side)
    questions = random_questions(Random(logset.seed + 1), logset)  # noqa: S311  repeatable, not secret
    return [text for question in questions for text in check_question(logset, question, folder)]


def let_settle(logs: Path) -> None:
    """Let all files be last written an hour ago."""
    before = time.time() - 3600
    for path in logs.rglob("*"):
        os.utime(path, (before, before))


def register_network(side: Side) -> None:
    """Give a network its blocks, largest address first, so that their order is the answer's own."""
    if side.is_network:
        for block in reversed(side.blocks):
            code, _, errors = run_product(["ask", "add", block, "as", side.typed])
            assert code == 0, f"add {block} as {side.typed}: exit {code}: {errors}"


def check_question(logset: LogSet, question: Question, folder: Path) -> Iterator[str]:
    """Ask the product and the oracle; yields what a person needs to see where they differ."""
    csv_file = folder / "answer.csv"
    csv_file.unlink(missing_ok=True)
    options = ["--logs", str(folder / "logs"), "--now", question.now.strftime("%Y-%m-%dT%H:%M:%SZ")]
    argv = ["ask", *options, "--json", "--csv", str(csv_file), *question.words()]
    broken = [day for _, day in logset.unreadable]
    expected = oracle.answer(logset.records, question, broken)
    code, output, errors = run_product(argv)
    said = f"seed {logset.seed}: vpccidr {' '.join(argv)}"
    if code != 0:
        yield f"{said}\nexit {code}, expected 0; it said: {errors or output}"
        return
    yield from show_difference(
        said, "JSON", render_json(expected), render_json(pick({"paths": []} | json.loads(output), expected))
    )
    rows = oracle.csv_text(logset.records, question)
    yield from show_difference(said, "CSV", rows, csv_file.read_bytes().decode())


def run_product(argv: list[str]) -> tuple[int, str, str]:
    """Run the command in this process; returns its exit code and what it printed and complained of."""
    from bot.__main__ import main  # noqa: PLC0415  the rest of this folder is of use without the product

    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            code = main(argv)
        except SystemExit as leaving:  # as argparse leaves
            code = leaving.code if isinstance(leaving.code, int) else 1
        except Exception:  # noqa: BLE001  whatever it is, it is reported with its seed
            code = 1
            traceback.print_exc()
    return code or 0, out.getvalue(), err.getvalue()


def pick(found: Any, expected: Any) -> Any:
    """Keep of an answer what the oracle speaks of; a key that is missing stays missing."""
    if not isinstance(found, dict) or not isinstance(expected, dict):
        return found
    return {key: pick(found[key], value) for key, value in expected.items() if key in found}


def render_json(value: Any) -> str:
    """Render an answer with each talker on its own line, which makes a diff short."""
    rest = {key: each for key, each in value.items() if key != "talkers"}
    talkers = [json.dumps(each) for each in value.get("talkers", [])]
    return "\n".join([json.dumps(rest, indent=1), "talkers:", *talkers, ""])


def show_difference(said: str, what: str, expected: str, found: str) -> Iterator[str]:
    """Yield a diff where two texts differ, line ends included."""
    if expected != found:
        lines = [text.replace("\r", "\\r").splitlines() for text in (expected, found)]
        diff = difflib.unified_diff(*lines, "oracle", "product", lineterm="")
        yield "\n".join([said, f"{what} differs:", *diff])
