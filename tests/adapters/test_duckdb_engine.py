"""Scans from start to end: each ends in exactly one of three ways, and leaves nothing half done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pyarrow import parquet

from bot.adapters import duckdb_engine, duckdb_statement
from bot.adapters.duckdb_engine import DuckDBEngine
from bot.domain.cost import Cost
from bot.domain.flowlog import FIELDS, PARTITIONS
from bot.domain.verdict import Code
from bot.errors import EngineError
from bot.services.ports import Progress, Scan, State
from bot.services.statements import build_raw, build_scan
from tests.adapters.logs import (
    Gate,
    ask,
    build_engine,
    finish,
    line,
    name_file,
    put_lines,
    question,
    status_line,
)

QUESTION = question("10.1.0.0/24")
SCAN = Scan(build_scan(QUESTION, 1000), QUESTION)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """One file with a conversation of the block in question, and one with another's."""
    put_lines(tmp_path / "logs", line(), name=name_file(unique="1") + ".log.gz")
    put_lines(tmp_path / "logs", line(dstaddr="203.0.113.7"), name=name_file(unique="2") + ".log.gz")
    return tmp_path / "logs"


@pytest.fixture
def engine(tmp_path: Path, logs: Path) -> Iterator[DuckDBEngine]:
    """An engine that runs one scan at a time."""
    with closing(build_engine(tmp_path, logs)) as engine:
        yield engine


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Scans that stop at their first file, until the gate is opened."""
    gate = Gate()
    monkeypatch.setattr(duckdb_engine, "open_logs", lambda location: (gate, location))
    yield gate
    gate.open.set()


def list_results(state: Path) -> list[str]:
    """The names of all that scans left behind."""
    return sorted(path.name for path in (state / "results").rglob("*"))


# One scan


def test_scan_gives_a_result(engine: DuckDBEngine, tmp_path: Path, logs: Path) -> None:
    assert engine.start("run", SCAN) == "run"
    assert finish(engine, "run") == Progress(State.SUCCEEDED)
    outcome = engine.fetch("run")
    assert outcome.result == tmp_path / "results" / "run.parquet"
    kinds = parquet.read_table(outcome.result)["kind"].to_pylist()
    assert kinds == ["coverage", "conversation"]
    assert outcome.cost == Cost(sum(path.stat().st_size for path in logs.rglob("*.gz")), 0.0)
    assert list_results(tmp_path) == ["run.parquet"]


def test_constructor_is_inert(tmp_path: Path) -> None:
    """Nothing is opened, made or started before the first scan."""
    before = threading.active_count()
    with closing(DuckDBEngine("/gone", tmp_path / "results")):
        assert threading.active_count() == before
        assert list(tmp_path.iterdir()) == []


def test_raw_scan_gives_the_records_themselves(engine: DuckDBEngine) -> None:
    """With every field there is, the path's too, and only those that match."""
    engine.start("raw", Scan(build_raw(QUESTION, 10), QUESTION, is_raw=True))
    assert finish(engine, "raw") == Progress(State.SUCCEEDED)
    rows = parquet.read_table(engine.fetch("raw").result).to_pylist()
    assert [(row["dstaddr"], row["version"], row["day"], row["vpc_id"]) for row in rows] == [
        ("10.1.0.123", 2, "2026/11/14", None)
    ]
    assert set(rows[0]) == {*FIELDS, *PARTITIONS, "service_port"}


def test_one_token_is_one_scan(gate: Gate, engine: DuckDBEngine, logs: Path) -> None:
    """A repeated start must not cost twice, not even one at the same moment."""
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: engine.start("run", SCAN), range(50)))
    gate.open.set()
    assert set(ids) == {"run"}
    finish(engine, "run")
    assert engine.start("run", SCAN) == "run"
    assert engine.poll(["run"]) == {"run": Progress(State.SUCCEEDED)}
    assert sorted(gate.opened) == sorted(str(path) for path in logs.rglob("*.gz"))


def test_empty_window_is_an_answer(tmp_path: Path) -> None:
    """No files at all: a result without rows, from which nothing can be concluded."""
    (tmp_path / "logs").mkdir()
    answer = ask(tmp_path, tmp_path / "logs", QUESTION)
    assert (answer.verdict.code, answer.coverage.days_present, answer.cost) == (Code.UNKNOWN, (), Cost(0, 0))


# Several


def test_several_scans_at_once(gate: Gate, tmp_path: Path, logs: Path) -> None:
    """Each has its own answer; those that find no worker wait for one."""
    questions = {f"run-{n}": question(f"10.{n}.0.0/24") for n in range(6)}
    with closing(build_engine(tmp_path, logs, workers=3)) as engine:
        for token, asked in questions.items():
            engine.start(token, Scan(build_scan(asked, 100), asked))
        gate.reached.wait()
        assert {progress.state for progress in engine.poll(list(questions)).values()} == {State.RUNNING}
        gate.open.set()
        found = {}
        for token in questions:
            assert finish(engine, token) == Progress(State.SUCCEEDED)
            kinds = parquet.read_table(engine.fetch(token).result)["kind"].to_pylist()
            found[token] = kinds.count("conversation")
    assert found == {"run-0": 2, "run-1": 1, "run-2": 0, "run-3": 0, "run-4": 0, "run-5": 0}


def test_wait_hears_of_an_end_before_it(engine: DuckDBEngine) -> None:
    """A scan that ends between a look and the wait must not cost the whole wait."""
    engine.start("run", SCAN)
    finish(engine, "run")
    engine.start("again", SCAN)
    engine._executions["again"].future.result()
    engine.wait(100_000)
    assert engine.poll(["again"])["again"].state is State.SUCCEEDED


# Cancelling


def test_cancel_while_running(gate: Gate, engine: DuckDBEngine, tmp_path: Path) -> None:
    """It ends although the storage hangs, as cancelled, and no half of a file is left."""
    engine.start("run", SCAN)
    gate.reached.wait()
    engine.cancel("run")
    assert finish(engine, "run") == Progress(State.CANCELLED)
    assert list_results(tmp_path) == []
    with pytest.raises(EngineError, match=r"^The scan is cancelled\.$"):
        engine.fetch("run")
    gate.open.set()


def test_cancel_while_waiting_for_a_worker(gate: Gate, engine: DuckDBEngine) -> None:
    """It ends at once, and the scan before it goes on."""
    engine.start("first", SCAN)
    gate.reached.wait()
    engine.start("second", SCAN)
    engine.cancel("second")
    assert engine.poll(["first", "second"]) == {
        "first": Progress(State.RUNNING),
        "second": Progress(State.CANCELLED),
    }
    gate.open.set()
    assert finish(engine, "first") == Progress(State.SUCCEEDED)


def test_cancel_after_the_end_changes_nothing(engine: DuckDBEngine) -> None:
    """Whoever is late with a cancel gets the answer."""
    engine.start("run", SCAN)
    finish(engine, "run")
    engine.cancel("run")
    engine.cancel("unheard of")
    assert engine.poll(["run"]) == {"run": Progress(State.SUCCEEDED)}
    assert engine.fetch("run").result.exists()


def test_cancel_while_the_result_is_written(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first batch of rows and the last, the file is there under another name only."""
    seen: list[list[str]] = []

    def write(self: parquet.ParquetWriter, batch: object) -> None:
        seen.append(list_results(tmp_path))
        engine.cancel("run")
        real(self, batch)

    real = parquet.ParquetWriter.write_batch
    monkeypatch.setattr(parquet.ParquetWriter, "write_batch", write)
    monkeypatch.setattr(duckdb_statement, "_ROWS_A_WRITE", 1)
    engine.start("run", SCAN)
    finish(engine, "run")
    ((half,),) = [[name for name in names if not name.startswith(".")] for names in seen]
    assert half.endswith(".half")
    assert half not in list_results(tmp_path)


# Failing


def fail(engine: DuckDBEngine, scan: Scan = SCAN) -> str:
    """Run a scan that must fail, and give its reason, which is one sentence."""
    engine.start("run", scan)
    progress = finish(engine, "run")
    assert progress.state is State.FAILED
    assert "\n" not in progress.reason
    with pytest.raises(EngineError):
        engine.fetch("run")
    return progress.reason


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    with closing(build_engine(tmp_path, tmp_path / "gone")) as engine:
        assert fail(engine) == f"There is no folder of flow logs at {tmp_path}/gone."


def test_results_that_cannot_be_written(tmp_path: Path, logs: Path) -> None:
    (tmp_path / "results").write_text("in the way")
    with closing(build_engine(tmp_path, logs)) as engine:
        assert fail(engine) == f"The result could not be written to {tmp_path}/results: File exists."


def test_full_disk(engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half result is removed, and the reason is the disk's."""

    def write(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.ParquetWriter, "write_batch", write)
    assert fail(engine) == f"The result could not be written to {tmp_path}/results: No space left on device."
    assert list_results(tmp_path) == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT", "Parser Error: "),
        ("SELECT nothing FROM vpcflowlogstable", "Binder Error: "),
        ("SELECT CAST(srcaddr AS INTEGER) FROM vpcflowlogstable", "Conversion Error: "),
    ],
)
def test_statement_that_fails(statement: str, reason: str, engine: DuckDBEngine, tmp_path: Path) -> None:
    """Whether it cannot be read, bound or run to its end."""
    said = fail(engine, Scan(statement, QUESTION))
    assert said.startswith(f"DuckDB could not run the scan: {reason}")
    assert list_results(tmp_path) == []


def test_bug_does_not_reach_whoever_polls(
    engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """All runs are polled together: one scan's bug would silence the others for good."""

    def break_down(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(duckdb_engine, "find_log_files", break_down)
    with caplog.at_level(logging.ERROR):
        reason = fail(engine)
    reference = reason.rpartition(" ")[2].rstrip(".")
    said = f"Something unexpected went wrong in the scan; the log has it under {reference}."
    assert reason == said
    assert "a bug" not in reason
    assert caplog.records[0].getMessage() == f"{reference}: a scan failed"
    assert "ZeroDivisionError: a bug" in caplog.text


def test_execution_of_an_earlier_process(engine: DuckDBEngine) -> None:
    assert engine.poll(["old"]) == {"old": Progress(State.FAILED, "the engine does not know this execution")}
    with pytest.raises(EngineError, match=r"^The scan's result is gone; ask again\.$"):
        engine.fetch("old")


def test_fetch_before_the_end(gate: Gate, engine: DuckDBEngine) -> None:
    """It must not wait for the end in the caller's thread."""
    engine.start("run", SCAN)
    with pytest.raises(EngineError, match=r"^The scan is running\.$"):
        engine.fetch("run")
    gate.open.set()


def test_failures_are_not_remembered_for_ever(engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that runs for years has years of failures."""
    monkeypatch.setattr(duckdb_engine, "_REMEMBERED", 2)
    for number in range(5):
        engine.start(f"run-{number}", Scan("SELECT", QUESTION))
        finish(engine, f"run-{number}")
    assert list(engine._executions) == ["run-3", "run-4"]


# Closing


def test_close_ends_everything(gate: Gate, tmp_path: Path, logs: Path) -> None:
    """Running scans, waiting ones, and results that nobody fetched."""
    engine = build_engine(tmp_path, logs)
    gate.open.set()
    engine.start("unfetched", SCAN)
    finish(engine, "unfetched")
    gate.open.clear()
    gate.reached.clear()
    engine.start("running", SCAN)
    engine.start("waiting", SCAN)
    gate.reached.wait()
    closer = threading.Thread(target=engine.close)
    closer.start()
    finish(engine, "running")
    gate.open.set()
    closer.join()
    states = {id_: progress.state for id_, progress in engine.poll(["running", "waiting"]).items()}
    assert states == {"running": State.CANCELLED, "waiting": State.CANCELLED}
    assert list_results(tmp_path) == []
    with pytest.raises(EngineError, match=r"^The engine is closed\.$"):
        engine.start("late", SCAN)


def test_close_twice(engine: DuckDBEngine) -> None:
    engine.close()
    engine.close()


# What the scan must not lose


def test_records_of_other_statuses_count_for_coverage_only(tmp_path: Path) -> None:
    """SKIPDATA means lost records: nothing follows from seeing none."""
    put_lines(tmp_path / "logs", status_line("SKIPDATA"), status_line("NODATA"), line(log_status="NODATA"))
    answer = ask(tmp_path, tmp_path / "logs", QUESTION)
    coverage = answer.coverage
    assert (coverage.ok, coverage.nodata, coverage.skipdata) == (0, 2, 1)
    assert (answer.verdict.code, answer.totals.conversations) == (Code.UNKNOWN, 0)


def test_results_of_a_folder_with_an_odd_name(tmp_path: Path) -> None:
    """Brackets and stars are letters in a path of ours, not a pattern."""
    state = tmp_path / "a[1]*b?"
    put_lines(tmp_path / "logs", line())
    assert ask(state, tmp_path / "logs", QUESTION).verdict.code is Code.IN_USE
