"""What a question in a terminal loads: a person waits for each of these libraries before anything is read."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from tests.conftest import WriteLog, record

DAY = date(2026, 11, 20)
SLACK = {"slack_bolt", "slack_sdk", "aiohttp", "waitress", "prometheus_client", "PIL"}
AWS = {"boto3", "botocore", "s3transfer", "pyathena"}
STORE = {"sqlalchemy", "alembic", "mako"}


def ask_and_list_imports(logs: Path, data_dir: Path, **variables: str) -> set[str]:
    """The libraries that one question of a new process loaded."""
    command = [sys.executable, "-X", "importtime", "-m", "bot", "ask", "--logs", str(logs)]
    done = subprocess.run(
        [*command, "--now", "2026-11-20T18:00:00Z", "peering", "10.1.0.0/16", "days=1"],
        env=os.environ | variables | {"VPCCIDR_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("In use: 1 accepted conversation")
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_question_loads_what_it_needs(write_log: WriteLog, tmp_path: Path) -> None:
    """The others took longer to load than a small question takes to answer, in a new store and in a known one."""
    logs = write_log(DAY, [record("10.0.0.5", "10.1.0.9", 40000, 5432, 700, day=DAY)])
    for _ in range(2):
        loaded = ask_and_list_imports(logs, tmp_path / "state")
        assert {"duckdb", "pyarrow"} <= loaded
        assert not loaded & (SLACK | AWS | STORE)


UNTIL_THE_SCAN = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from bot.__main__ import main

def end(*_):
    print(*sys.modules, flush=True)
    os._exit(0)

ThreadPoolExecutor.submit = end
main(["ask", *sys.argv[1:]])
"""


def test_reading_waits_for_nothing_that_only_answers_need(write_log: WriteLog, tmp_path: Path) -> None:
    """DuckDB, and what makes and prints an answer, are loaded while the first files are read."""
    logs = write_log(DAY, [record("10.0.0.5", "10.1.0.9", 40000, 5432, 700, day=DAY)])
    asked = ["--logs", str(logs), "--now", "2026-11-20T18:00:00Z", "peering", "10.1.0.0/16"]
    for _ in range(2):  # the first question tells what was registered
        done = subprocess.run(
            [sys.executable, "-c", UNTIL_THE_SCAN, *asked],
            env=os.environ | {"VPCCIDR_DATA_DIR": str(tmp_path / "state")},
            capture_output=True,
            text=True,
            check=True,
        )
    loaded = {*done.stdout.split()}
    assert "pyarrow" in loaded
    answering = {"bot.printing", "bot.services.answers", "bot.adapters.duckdb_reports", "bot.domain.verdict"}
    assert not loaded & ({"duckdb", "pyarrow.parquet", "tabulate"} | answering)


def test_names_of_ranges_load_no_aws(write_log: WriteLog, tmp_path: Path) -> None:
    """Only what EC2 is asked for takes its library."""
    logs = write_log(DAY, [record("10.0.0.5", "10.1.0.9", 40000, 5432, 700, day=DAY)])
    loaded = ask_and_list_imports(logs, tmp_path / "state", VPCCIDR_AWS_RANGES=str(tmp_path / "nowhere.json"))
    assert not loaded & (SLACK | AWS)
