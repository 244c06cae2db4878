"""What people use today, on one question: the top ten talkers between two /16 networks over ten days."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.generator import LAST_DAY
from tests.bench.measuring import ask, run_in_turn, shell
from tests.bench.table import Row, compare

QUESTION = "peering 10.0.0.0/16 10.1.0.0/16 days=10 top=10"
_AWK = r"""
$14 == "OK" && ((substr($4,1,5)=="10.0." && substr($5,1,5)=="10.1.") || (substr($4,1,5)=="10.1." && substr($5,1,5)=="10.0.")) {
    if ($6+0 < $7+0) total[$5 "\t" $4 "\t" $6 "\t" $8 "\t" $13] += $10
    else total[$4 "\t" $5 "\t" $7 "\t" $8 "\t" $13] += $10
}
END { for (key in total) printf "%s\t%.0f\n", key, total[key] }
"""


def measure(logs: Path, data_dir: Path, times: int) -> Iterator[Row]:
    """A row for each rival. Raises ValueError where its answer is not ours."""
    for name, command in _list_rivals(logs).items():
        if command is None:
            yield Row(f"top 10 talkers, against {name}", "not installed here")
            continue
        ours, theirs = run_in_turn([ask(logs, data_dir, QUESTION, str(LAST_DAY)), command], times)
        _check_same(name, ours.output, theirs.output)
        yield compare("top 10 talkers", ours.seconds, theirs.seconds, name, "< 1, same answer")


def _list_rivals(logs: Path) -> dict[str, list[str] | None]:
    order = "sort -t '\t' -k6,6nr -k1,1 -k2,2 -k3,3n -k4,4n -k5,5 | head -10"
    return {
        "zcat, awk": shell(f"find {logs} -name '*.gz' | xargs zcat | awk '{_AWK}' | LC_ALL=C {order}"),
        "chdb": _script("chdb", logs),
        "flowlogs_reader": _script("flowlogs_reader", logs),
    }


def _script(name: str, logs: Path) -> list[str] | None:
    """A rival's own Python, for its libraries would slow the start of ours; None where it is not there."""
    python = os.environ.get("BENCH_RIVALS_PYTHON") or sys.executable
    if subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False).returncode:
        return None
    return [python, str(Path(__file__).with_name(f"rival_{name}.py")), str(logs)]


def _check_same(name: str, ours: str, theirs: str) -> None:
    keys = ("client", "server", "service_port", "protocol", "action", "bytes")
    expected = [[str(talker[key]) for key in keys] for talker in json.loads(ours)["talkers"]]
    if [line.split("\t") for line in theirs.splitlines()] != expected:
        raise ValueError(f"{name} answers otherwise:\n{theirs}\n{expected}")
