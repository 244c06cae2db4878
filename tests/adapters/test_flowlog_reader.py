"""Many files as one stream: in a bounded memory, with threads that end, and stopped at any time."""

import threading
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pytest
from pyarrow import fs

from bot.adapters import flowlog_bundles, flowlog_reader
from bot.adapters.flowlog_candidates import Candidates
from bot.adapters.flowlog_files import StoppedError
from bot.adapters.flowlog_layout import LogFile, find_log_files
from bot.adapters.flowlog_reader import FlowLogReader
from bot.domain.coverage import Problem
from bot.domain.flowlog import FIELDS, NEEDED
from tests.adapters.logs import ACCOUNT, DAY, REGION, line, name_file, place_plain, put_lines, window


def build_reader(root: Path, threads: int = 2, system: Any = None) -> FlowLogReader:
    """A reader of all the logs of DAY below a folder."""
    system = system or fs.LocalFileSystem()
    files = list(find_log_files(fs.LocalFileSystem(), str(root), window()))
    return FlowLogReader(system, str(root), files, tuple(NEEDED), threads)


def put_many(root: Path, files: int, lines: int = 1) -> None:
    """So many files, each with its own number for a source port."""
    for number in range(files):
        put_lines(root, *[line(srcport=number)] * lines, name=name_file(unique=f"{number:08x}") + ".log.gz")


@pytest.mark.parametrize("threads", [1, 2, 5, 40])
def test_every_file_is_read_once(threads: int, tmp_path: Path) -> None:
    """However many threads share the work."""
    put_many(tmp_path, 20)
    reader = build_reader(tmp_path, threads)
    table = reader.open().read_all()
    reader.join()
    assert sorted(table["srcport"].to_pylist()) == list(range(20))


def test_partition_columns(tmp_path: Path) -> None:
    """What the path tells stands in each record, as AWS's table over the same files has it."""
    put_many(tmp_path, 1, lines=3)
    reader = build_reader(tmp_path)
    table = reader.open().read_all()
    reader.join()
    assert table.schema.names == [*NEEDED, "aws_account_id", "aws_region", "day"]
    assert set(zip(*(table[name].to_pylist() for name in table.schema.names[-3:]), strict=True)) == {
        (ACCOUNT, REGION, "2026/11/14")
    }


def test_no_files() -> None:
    """An empty window is an empty stream, not a hanging one."""
    reader = FlowLogReader(fs.LocalFileSystem(), "/", [], tuple(FIELDS))
    assert reader.open().read_all().num_rows == 0
    assert reader.problems == ()


def test_stream_that_is_never_opened(tmp_path: Path) -> None:
    """A statement that cannot be bound reads nothing: no thread has begun."""
    put_many(tmp_path, 1)
    reader = build_reader(tmp_path)
    reader.stop()
    reader.join()


def test_stopped_stream_ends_in_an_error(tmp_path: Path) -> None:
    """An early end must not look like the end: half of the records would be an answer."""
    put_many(tmp_path, 50)
    reader = build_reader(tmp_path)
    stream = reader.open()
    stream.read_next_batch()
    reader.stop()
    with pytest.raises(StoppedError):
        stream.read_all()
    reader.join()


def test_stream_of_a_thread_that_fails_ends_in_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had still to give, lost records among it, is missing."""

    def fail(_: Candidates) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr(Candidates, "close", fail)
    put_many(tmp_path, 1)
    reader = build_reader(tmp_path)
    with pytest.raises(StoppedError):
        reader.open().read_all()
    reader.join()


def test_batches_ahead_are_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers wait for whoever takes the records: memory does not grow with the files."""
    monkeypatch.setattr(flowlog_reader, "_BATCHES_AHEAD", 3)
    monkeypatch.setattr(flowlog_bundles, "_SMALL_BYTES", 0)  # every file gives a batch of its own
    put_many(tmp_path, 50)
    reader = build_reader(tmp_path, threads=4)
    held = []
    for batch in reader.open():
        held.append(len(reader._channel._batches))
        assert batch.num_rows == 1
    reader.join()
    assert len(held) == 50
    assert max(held) <= 3


class _HangingFileSystem:
    """A file system whose files open only when it is let go."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.go = threading.Event()

    def open_input_file(self, path: str) -> Any:
        """Wait, and fail."""
        self.is_asked.set()
        self.go.wait()
        raise FileNotFoundError(2, path)


def test_stop_does_not_wait_for_a_hanging_file(tmp_path: Path) -> None:
    """Storage that does not answer must not keep a cancelled scan alive."""
    put_many(tmp_path, 1)
    system = _HangingFileSystem()
    reader = build_reader(tmp_path, system=system)
    stopper = threading.Thread(target=lambda: (system.is_asked.wait(), reader.stop()))
    stopper.start()
    with pytest.raises(StoppedError):
        reader.open().read_all()
    system.go.set()
    stopper.join()
    reader.join()


class _OddFileSystem:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def open_input_file(self, _: str) -> Any:
        """Fail in its own way."""
        raise self.error


ODD = [
    (PermissionError(13, "Failed to open /secret"), "it cannot be opened or read (Permission denied)"),
    (OSError("AWS Error ACCESS_DENIED during GetObject"), "it cannot be opened or read (ACCESS_DENIED)"),
    (pa.ArrowNotImplementedError("no"), "it cannot be read (ArrowNotImplementedError)"),
    (RuntimeError("a bug"), "it cannot be read (RuntimeError)"),
]


@pytest.mark.parametrize(("error", "reason"), ODD)
def test_whatever_a_file_raises_is_named(error: Exception, reason: str, tmp_path: Path) -> None:
    """Neither does one odd file end the scan, nor is it left out without a word."""
    put_many(tmp_path, 2)
    reader = build_reader(tmp_path, system=_OddFileSystem(error))
    assert reader.open().read_all().num_rows == 0
    reader.join()
    files = [f"{place_plain()}/{name_file(unique=f'{number:08x}')}.log.gz" for number in range(2)]
    assert reader.problems == tuple(Problem(file, reason) for file in files)


def test_files_without_a_day_are_not_opened() -> None:
    """There is no partition to put their records in."""
    files = [LogFile("inbox/a.gz", 1, None, "", ""), LogFile("inbox/b.gz", 1, DAY, "", "")]
    reader = FlowLogReader(fs.LocalFileSystem(), "inbox", files, tuple(NEEDED), 1)
    assert reader.open().read_all().num_rows == 0
    reader.join()
    assert [problem.reason for problem in reader.problems] == [
        "neither its folder nor its name tells its day",
        "it cannot be opened or read (No such file or directory)",
    ]
