"""Copies of log files: never stale, never trusted half written, bounded, and never missed where they are gone."""

import gzip
import multiprocessing
import os
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from bot.adapters import flowlog_addresses, flowlog_lines, flowlog_text
from bot.adapters.flowlog_layout import LogFile, find_log_files
from bot.adapters.flowlog_reader import FlowLogReader
from bot.adapters.flowlog_witnesses import EVERYTHING
from bot.adapters.log_cache import LogCache
from bot.adapters.log_cache_file import read_copy
from bot.domain.flowlog import SCANNED
from tests.adapters.logs import (
    HEADER,
    Opened,
    let_settle,
    line,
    name_file,
    put,
    put_lines,
    read_logs,
    render,
    status_line,
    window,
)

LARGE = 10**9
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Three files, last written an hour ago."""
    root = tmp_path / "logs"
    for number in range(3):
        put_lines(root, *[line(srcport=number)] * 50, name=name_file(unique=f"{number:08x}") + ".log.gz")
    let_settle(root)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the copies lie."""
    return tmp_path / "copies"


def list_files(logs: Path) -> list[LogFile]:
    return list(find_log_files(fs.LocalFileSystem(), str(logs), window()))


def names_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


TELLING = f"{HEADER} pkt-dst-aws-service traffic-path"
REVERSED = " ".join(reversed(HEADER.split()))
CONTENTS = {
    "version 2": render(line(), line(srcport=1)),
    "another order of fields": render(line(REVERSED, srcport=1), line(REVERSED), header=REVERSED),
    "more fields": render(line(f"{HEADER} vpc-id", vpc_id="vpc-1"), header=f"{HEADER} vpc-id"),
    "paths and services": render(
        *(
            line(TELLING, traffic_path=path, pkt_dst_aws_service=name)
            for path, name in ((4, "S3"), ("-", "-"))
        ),
        *(line(TELLING, traffic_path=path, pkt_dst_aws_service=f"s-{path % 50}") for path in range(300)),
        header=TELLING,
    ),
    "records without traffic": render(status_line("NODATA"), status_line("SKIPDATA"), line()),
    "IPv6": render(line(srcaddr="2001:db8::1", dstaddr="2001:db8:0:0::ff")),
    "no records": render(),
    "the largest numbers": render(line(bytes=2**50, packets=2**50, srcport=65535, dstport=0, protocol=255)),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_copy_holds_what_the_file_holds(content: bytes, tmp_path: Path, folder: Path) -> None:
    logs = tmp_path / "logs"
    put(logs, gzip.compress(content))
    let_settle(logs)
    first, faults, opened = read_logs(logs, folder)
    assert (len(opened), faults) == (1, [])
    assert read_logs(logs, folder) == (first, [], [])


@pytest.mark.parametrize("is_compiled", [True, False])
def test_copy_holds_addresses_of_both_kinds(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_compiled: bool
) -> None:
    """A large file that names IPv6 here and there; who reads the copy may lack what was compiled."""
    monkeypatch.setattr(flowlog_text, "_PIECE_BYTES", 600)
    monkeypatch.setattr(flowlog_text, "_UNPACKED_BYTES", 300)
    ends = ["10.0.0.1"] * 20 + ["2001:db8::1"] + ["10.0.0.2"] * 20
    records = [line(srcaddr=end, srcport=number) for number, end in enumerate(ends)]
    put(tmp_path / "logs", gzip.compress(render(status_line("NODATA"), *records)))
    let_settle(tmp_path / "logs")
    first, faults, _ = read_logs(tmp_path / "logs", folder)
    found = {record["srcport"]: record["srcaddr"] for record in first}
    assert found == dict(enumerate(ends)) | {None: None}
    if not is_compiled:
        for module in (flowlog_addresses, flowlog_lines):
            monkeypatch.setattr(module, "LIBRARY", tmp_path / "none.so")
    assert read_logs(tmp_path / "logs", folder) == (first, faults, [])


def test_nothing_is_opened_twice(logs: Path, folder: Path) -> None:
    records, _, opened = read_logs(logs, folder)
    assert len(opened) == 3
    assert read_logs(logs, folder) == (records, [], [])


def test_file_that_was_written_just_now_is_not_copied(logs: Path, folder: Path) -> None:
    """Clocks differ, and a file may be written twice within one tick of them."""
    let_settle(logs, ago_s=5)
    read_logs(logs, folder)
    assert names_in(folder) == []


@pytest.mark.parametrize("is_in_place", [True, False])
def test_other_content_of_the_same_size_and_time_is_read_anew(
    logs: Path, folder: Path, *, is_in_place: bool
) -> None:
    path = Path(list_files(logs)[0].path)
    old = put_and_pad(path, gzip.compress(render(line(srcport=7))))
    read_logs(logs, folder)
    new = path if is_in_place else path.with_suffix(".new")
    new.write_bytes(gzip.compress(render(line(srcport=8))).ljust(old.st_size, b"\0"))
    new.replace(path)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert path.stat().st_size == old.st_size
    records, _, opened = read_logs(logs, folder)
    assert opened == [path.name]
    assert {record["srcport"] for record in records} == {1, 2, 8}


def put_and_pad(path: Path, content: bytes) -> os.stat_result:
    """Write a file of a fixed size, last written an hour ago."""
    path.write_bytes(content.ljust(500, b"\0"))
    before = time.time() - 3600
    os.utime(path, (before, before))
    return path.stat()


def test_file_that_changes_while_it_is_read_is_not_copied(logs: Path, folder: Path) -> None:
    copies = LogCache(folder, LARGE).open(fs.LocalFileSystem(), str(logs), time.time())
    file = list_files(logs)[0]
    with copies.look((file,)).write() as copy:
        copy.keep()
        os.utime(file.path, (0, 0))
    assert names_in(folder) == []


def test_store_that_only_lists_tells_versions_by_size_and_time(logs: Path, folder: Path) -> None:
    """As S3 does: a file that is written anew has another time."""
    system: Any = Opened()

    def find() -> bool:
        file = next(find_log_files(system, str(logs), window()))
        copies = LogCache(folder, LARGE).open(system, str(logs), time.time())
        if copies.look((file,)).copy is not None:
            return True
        with copies.look((file,)).write() as copy:
            copy.keep()
        return False

    assert (find(), find()) == (False, True)
    let_settle(logs, ago_s=1800)
    assert (find(), find()) == (False, True)


def test_copy_of_which_any_byte_is_not_right_is_removed(logs: Path, folder: Path) -> None:
    """Whatever a disk or a power cut made of it."""
    read_logs(logs, folder)
    path = names_in(folder)[0]
    whole, version = path.read_bytes(), ""
    broken = [whole[:length] for length in range(0, len(whole), 61)]
    broken += [whole[:at] + bytes([whole[at] ^ 64]) + whole[at + 1 :] for at in range(0, len(whole), 61)]
    for content in broken:
        path.write_bytes(content)
        assert read_copy(path, version) is None
        assert not path.exists()


def test_broken_copies_are_made_anew(logs: Path, folder: Path) -> None:
    records, _, opened = read_logs(logs, folder)
    for path in names_in(folder):
        path.write_bytes(path.read_bytes()[:-20])
    assert read_logs(logs, folder) == (records, [], opened)
    assert read_logs(logs, folder) == (records, [], [])


def test_copy_under_another_ones_name_is_not_believed(logs: Path, folder: Path) -> None:
    records, *_ = read_logs(logs, folder)
    first, second, _ = names_in(folder)
    first.write_bytes(second.read_bytes())
    assert read_logs(logs, folder)[0] == records


def test_folder_may_be_removed_at_any_time(logs: Path, folder: Path) -> None:
    records, _, opened = read_logs(logs, folder)
    shutil.rmtree(folder)
    assert read_logs(logs, folder) == (records, [], opened)
    copies = LogCache(folder, LARGE).open(fs.LocalFileSystem(), str(logs), time.time())
    shutil.rmtree(folder)
    reader = FlowLogReader(fs.LocalFileSystem(), str(logs), list_files(logs), SCANNED, 2, EVERYTHING, copies)
    assert sorted(reader.open().read_all().to_pylist(), key=repr) == records
    assert reader.problems == ()


def test_other_files_in_the_folder_stay(logs: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    read_logs(logs, folder, limit=1)
    assert (folder / "notes.txt").read_text() == "mine"


def test_file_that_is_cut_short_is_faulty_every_time(logs: Path, folder: Path) -> None:
    """What could not be read must not be forgotten, for it may hold just what was asked about."""
    path = Path(list_files(logs)[0].path)
    path.write_bytes(path.read_bytes()[:-9])
    let_settle(logs)
    first = read_logs(logs, folder)
    assert len(first[1]) == 1
    records, faults, opened = read_logs(logs, folder)
    assert (records, faults) == first[:2]
    assert opened == [path.name]


@pytest.mark.parametrize("limit", [0, 1, 100])
def test_no_room(logs: Path, folder: Path, limit: int) -> None:
    records, *_ = read_logs(logs, folder, limit=limit)
    assert read_logs(logs, folder, limit=limit)[0] == records
    assert not folder.exists() or names_in(folder) == []


def test_what_was_not_used_for_longest_goes_first(logs: Path, folder: Path) -> None:
    read_logs(logs, folder)
    used = min(names_in(folder), key=lambda path: path.name)
    for path in names_in(folder):
        os.utime(path, (1000, 1000) if path != used else None)
    one = used.stat().st_size
    LogCache(folder, one).open(fs.LocalFileSystem(), str(logs), time.time() + 1)
    assert names_in(folder) == [used]


def test_copies_never_take_more_than_they_may(logs: Path, folder: Path) -> None:
    read_logs(logs, folder)
    limit = size_of(folder) * 2 // 3
    shutil.rmtree(folder)
    records, *_ = read_logs(logs, folder, limit=limit)
    assert 0 < size_of(folder) <= limit
    assert read_logs(logs, folder, limit=limit)[0] == records
    assert 0 < size_of(folder) <= limit


@contextmanager
def disk_that_takes(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes; whoever tries gets the error that a full disk gives, or near it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 100, 1500])
def test_full_disk_costs_only_the_copy(logs: Path, folder: Path, size: int) -> None:
    with disk_that_takes(size):
        records, faults, _ = read_logs(logs, folder)
    assert (len(records), faults) == (150, [])
    assert names_in(folder) == []
    assert read_logs(logs, folder)[0] == records


def test_folder_that_is_none_is_told_and_costs_only_the_copies(
    logs: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file")
    records, faults, _ = read_logs(logs, folder)
    assert (len(records), faults) == (150, [])
    assert "No copies of log files can be kept" in caplog.text


def write_half_a_copy(logs: Path, folder: Path, is_half: Event) -> None:
    """Begin a copy, and never end it."""
    copies = LogCache(folder, LARGE).open(fs.LocalFileSystem(), str(logs), time.time())
    with copies.look((list_files(logs)[0],)).write() as copy:
        copy.keep()
        is_half.set()
        signal.pause()


def test_killed_process_leaves_nothing_that_is_believed_or_stays(logs: Path, folder: Path) -> None:
    is_half = SPAWN.Event()
    process = SPAWN.Process(target=write_half_a_copy, args=(logs, folder, is_half))
    process.start()
    is_half.wait()
    process.kill()
    process.join()
    (half,) = names_in(folder)
    records, _, opened = read_logs(logs, folder)
    assert (len(records), len(opened)) == (150, 3)
    os.utime(half, (1000, 1000))
    read_logs(logs, folder)
    assert not half.exists()


def read_often(logs: Path, folder: Path, limit: int, answers: Any) -> None:
    """Read all logs again and again, with copies."""
    answers.put([read_logs(logs, folder, limit)[0] for _ in range(15)])


def test_processes_share_a_folder(logs: Path, folder: Path) -> None:
    """One deletes what another is about to read, and both write the same copy."""
    records, *_ = read_logs(logs, folder)
    limit = size_of(folder) * 2 // 3
    answers: Any = SPAWN.Queue()
    processes = [SPAWN.Process(target=read_often, args=(logs, folder, limit, answers)) for _ in range(2)]
    for process in processes:
        process.start()
    assert [answers.get() for _ in processes] == [[records] * 15] * 2
    for process in processes:
        process.join()
    LogCache(folder, limit).open(fs.LocalFileSystem(), str(logs), time.time() + 1)
    assert size_of(folder) <= limit
