"""Small files that are read together: the same records, the same faults and no more work than one by one."""

import gzip
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pyarrow import fs

from bot.adapters import flowlog_bundles, flowlog_text
from bot.adapters.flowlog_bundles import bundle_files
from bot.adapters.flowlog_layout import LogFile, find_log_files
from tests.adapters.logs import (
    DAY,
    HEADER,
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

SMALL, LARGE = 2**18, 2**18 + 1
REVERSED = " ".join(reversed(HEADER.split()))


def describe_files(sizes: Sequence[int], suffix: str = ".log.gz") -> list[LogFile]:
    """Files of one partition, in order."""
    return [
        LogFile(f"logs/{name_file(unique=f'{number:08x}')}{suffix}", size, DAY, "123456789012", "us-east-1")
        for number, size in enumerate(sizes)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_every_file_is_in_one_bundle_of_its_partition(seed: int) -> None:
    """In the order of the files, and never more than a bundle takes."""
    lot = random.Random(seed)  # noqa: S311
    files = describe_files([lot.choice([100, 20_000, SMALL, LARGE]) for _ in range(300)])
    files += [replace(file, day=DAY + timedelta(days=1)) for file in files]
    bundles = list(bundle_files(files))
    assert [file for bundle in bundles for file in bundle] == files
    for bundle in bundles:
        assert len({file.day for file in bundle}) == 1
        assert len(bundle) == 1 or sum(file.size for file in bundle) <= 3 * 2**20
        assert len(bundle) == 1 or max(file.size for file in bundle) <= SMALL
    assert len(bundles) < len(files)


def test_small_files_are_bundled_by_the_dozen() -> None:
    assert len(list(bundle_files(describe_files([1000] * 1440)))) < 150


@pytest.mark.parametrize(
    "files",
    [
        describe_files([100] * 7),
        describe_files([LARGE] * 40),
        describe_files([100] * 40, ".log.parquet"),
        [replace(file, day=None) for file in describe_files([100] * 40)],
    ],
    ids=["few", "large", "Parquet", "of no day"],
)
def test_what_is_read_one_by_one(files: list[LogFile]) -> None:
    assert list(bundle_files(files)) == [(file,) for file in files]


@pytest.mark.parametrize("at", range(0, 1440, 111))
def test_late_file_changes_its_own_bundle_alone(at: int) -> None:
    """Or else one late file would have a whole day read anew."""
    files = describe_files([1000] * 1440)
    late = replace(files[at], path=f"{files[at].path}-late")
    before = set(bundle_files(files))
    after = set(bundle_files([*files[: at + 1], late, *files[at + 1 :]]))
    assert sum(map(len, after - before)) <= 300


CLEAN = {
    "version 2": render(line(), line(srcport=1)),
    "no records": render(),
    "no end of the last line": render(line(srcport=2))[:-1],
    "records without traffic": render(status_line("NODATA"), status_line("SKIPDATA")),
    "ends of lines as on Windows": render(line(srcport=3)).replace(b"\n", b"\r\n"),
    "a mark at the beginning": b"\xef\xbb\xbf" + render(line(srcport=4)),
    "IPv6": render(line(srcaddr="2001:db8::1", srcport=13)),
}
ODD = {
    "another order of fields": render(line(REVERSED, srcport=5), header=REVERSED),
    "empty": b"",
    "blank": b"\n\n",
    "a second header": render(line(srcport=6), HEADER, line(srcport=7)),
    "blank lines": render(line(srcport=8), "", line(srcport=9)),
    "doubled spaces": render(line(srcport=10).replace(" ", "  ")),
    "a broken line": render(line(srcport=11), "broken"),
    "a senseless record": render(line(srcport=12), line(srcport=70000)),
    "a lacking column": render(line("srcaddr dstaddr"), header="srcaddr dstaddr"),
    "a foreign file": b"hello\nworld\n",
}


def put_all(root: Path, contents: Sequence[bytes]) -> list[LogFile]:
    """The contents as files of one day, last written an hour ago."""
    for number, content in enumerate(contents):
        put(root, content, name=name_file(unique=f"{number:08x}") + ".log.gz")
    let_settle(root)
    return list(find_log_files(fs.LocalFileSystem(), str(root), window()))


@pytest.mark.parametrize("seed", range(30))
def test_together_they_say_what_they_say_one_by_one(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is odd in any of them: the same records, and the same fault of the same file."""
    lot = random.Random(seed)  # noqa: S311
    odd = lot.sample(list(ODD.values()), lot.choice([0, 0, 1, 3]))
    contents = [*lot.choices(list(CLEAN.values()), k=60), *odd]
    lot.shuffle(contents)
    packed = [gzip.compress(content) for content in contents]
    if seed % 3 == 0:
        packed[lot.randrange(60)] = packed[0][:-9]
    if seed % 4 == 0:  # headers that are unpacked in parts
        monkeypatch.setattr(flowlog_text, "_UNPACKED_BYTES", lot.choice([40, len(HEADER), 200]))
    put_all(tmp_path / "logs", packed)
    together = read_logs(tmp_path / "logs")[:2]
    with_copies = [read_logs(tmp_path / "logs", tmp_path / "copies")[:2] for _ in range(2)]
    monkeypatch.setattr(flowlog_bundles, "_SMALL_BYTES", 0)
    alone = read_logs(tmp_path / "logs")[:2]
    assert together == alone
    assert with_copies == [alone, alone]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two hundred clean files."""
    put_all(tmp_path / "logs", [gzip.compress(render(line(srcport=number))) for number in range(200)])
    return tmp_path / "logs"


def test_each_is_opened_once_and_then_never_again(logs: Path, tmp_path: Path) -> None:
    records, faults, opened = read_logs(logs, tmp_path / "copies")
    assert (len(records), faults, len(opened), len(set(opened))) == (200, [], 200, 200)
    assert read_logs(logs, tmp_path / "copies") == (records, [], [])
    assert len(list((tmp_path / "copies").iterdir())) < 50


def test_file_that_is_written_anew_is_read_anew(logs: Path, tmp_path: Path) -> None:
    read_logs(logs, tmp_path / "copies")
    put_lines(logs, line(srcport=5000), name=name_file(unique=f"{100:08x}") + ".log.gz")
    let_settle(logs)
    records, _, opened = read_logs(logs, tmp_path / "copies")
    ports = {record["srcport"] for record in records}
    assert 5000 in ports
    assert 100 not in ports
    assert name_file(unique=f"{100:08x}") + ".log.gz" in opened


def test_faulty_file_has_only_itself_read_again(logs: Path, tmp_path: Path) -> None:
    """The others of its bundle get copies of their own."""
    path = Path(list(find_log_files(fs.LocalFileSystem(), str(logs), window()))[100].path)
    path.write_bytes(path.read_bytes()[:-9])
    let_settle(logs)
    first = read_logs(logs, tmp_path / "copies")
    assert len(first[1]) == 1
    records, faults, opened = read_logs(logs, tmp_path / "copies")
    assert (records, faults, opened) == (*first[:2], [path.name])


def test_bomb_is_not_unpacked_with_others(logs: Path, tmp_path: Path) -> None:
    """What would fill the memory is read by itself, piece by piece."""
    text = render(*[line(srcport=5001)] * 300_000)
    put(logs, gzip.compress(text), name=name_file(unique=f"{100:08x}") + ".log.gz")
    records, faults, _ = read_logs(logs)
    assert (len(records), faults) == (199 + 300_000, [])
