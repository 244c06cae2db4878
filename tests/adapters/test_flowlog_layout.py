"""Which files are opened: all of the window's, and not one of another day or service."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from bot.adapters.flowlog_layout import LogFile, explain, find_log_files, open_logs
from bot.adapters.flowlog_reader import FlowLogReader
from bot.domain.flowlog import NEEDED
from bot.domain.window import Window
from bot.errors import EngineError
from tests.adapters.logs import (
    ACCOUNT,
    DAY,
    REGION,
    ask,
    line,
    name_file,
    place_hive,
    place_plain,
    put,
    put_lines,
    question,
    window,
)

OTHER_ACCOUNT, OTHER_REGION = "210987654321", "eu-central-1"
SOURCES = [(account, region) for account in (ACCOUNT, OTHER_ACCOUNT) for region in (REGION, OTHER_REGION)]
DAYS = [
    date(2025, 11, 14),
    date(2026, 10, 14),
    *(DAY + timedelta(n) for n in range(-2, 3)),
    date(2027, 11, 14),
]
LAYOUTS = {"plain": place_plain, "hive": place_hive}
GARBAGE = b"whoever opens this file reads too much"


class CountingFileSystem:
    """The local file system, which notes what is listed and what is opened."""

    def __init__(self) -> None:
        self._system = fs.LocalFileSystem()
        self.listed: list[str] = []
        self.opened: list[str] = []

    def get_file_info(self, of: Any) -> Any:
        """As the real one does; a selector lists a folder."""
        if isinstance(of, fs.FileSelector):
            self.listed.append(of.base_dir)
        return self._system.get_file_info(of)

    def open_input_file(self, path: str) -> Any:
        """As the real one does."""
        self.opened.append(path)
        return self._system.open_input_file(path)


def build_tree(root: Path, layout: str, hours: tuple[str, ...] = ("",)) -> None:
    """Many days of two accounts in two regions: a log on DAY, garbage on every other."""
    for account, region in SOURCES:
        for day in DAYS:
            for hour in hours:
                place = "/".join(filter(None, (LAYOUTS[layout](day, account, region), hour)))
                name = name_file(day, account, region) + ".log.gz"
                if day == DAY:
                    put_lines(root, line(), place=place, name=name)
                else:
                    put(root, GARBAGE, place, name)


def add_other_services(root: Path) -> None:
    """What lies beside the flow logs in a bucket that several services share."""
    for service in ("CloudTrail", "CloudTrail-Digest", "elasticloadbalancing", "Config", "vpcdnsquerylogs"):
        put(root, GARBAGE, f"AWSLogs/{ACCOUNT}/{service}/{REGION}/{DAY:%Y/%m/%d}", "other.json.gz")
    hive = f"AWSLogs/aws-account-id={ACCOUNT}/aws-service=other/aws-region={REGION}"
    put(root, GARBAGE, f"{hive}/year={DAY:%Y}/month={DAY:%m}/day={DAY:%d}", "other.log.gz")
    put(root, GARBAGE, f"AWSLogs/{ACCOUNT}", "ConfigWritabilityCheckFile")
    put(root, GARBAGE, place_plain(), "_SUCCESS")
    put(root, GARBAGE, place_plain(), ".hidden.log.gz")


def find(root: Path | str, asked: Window | None = None) -> list[LogFile]:
    """The files of a window below a root."""
    return list(find_log_files(fs.LocalFileSystem(), str(root), asked or window()))


@pytest.mark.parametrize("prefix", ["", "prefix/of/ours", "backup/2023/11", "year=2023/month=11"])
@pytest.mark.parametrize("hours", [("",), ("00", "07", "23"), ("hour=00", "hour=23")])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_the_window_is_opened(layout: str, hours: tuple[str, ...], prefix: str, tmp_path: Path) -> None:
    """Every partition of the window is read whatever the layout, and no file of another one."""
    build_tree(tmp_path / prefix, layout, hours)
    add_other_services(tmp_path / prefix)
    system: Any = CountingFileSystem()
    files = list(find_log_files(system, str(tmp_path), window()))
    assert {(file.aws_account_id, file.aws_region, file.day) for file in files} == {
        (*s, DAY) for s in SOURCES
    }
    reader = FlowLogReader(system, str(tmp_path), files, tuple(NEEDED))
    assert reader.open().read_all().num_rows == len(SOURCES) * len(hours)
    reader.join()
    assert reader.problems == ()
    assert sorted(system.opened) == [file.path for file in files]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_folders_of_other_days_are_not_even_listed(layout: str, tmp_path: Path) -> None:
    """A bucket keeps years; listing them all would cost more than the scan."""
    build_tree(tmp_path, layout)
    system: Any = CountingFileSystem()
    list(find_log_files(system, str(tmp_path), window()))
    days = [path for path in system.listed if any(path.endswith(LAYOUTS[layout](day)) for day in DAYS)]
    assert days == [str(tmp_path / LAYOUTS[layout](DAY))]
    assert not [path for path in system.listed if "2025" in path or "2027" in path]


def list_roots(layout: str) -> list[str]:
    """Every folder from the bucket down to a day."""
    parts = LAYOUTS[layout]().split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


@pytest.mark.parametrize("above", ["bucket", "2023/11", "2023/11/14/bucket", "us-west-2/2023/11"])
@pytest.mark.parametrize(("layout", "below"), [(name, root) for name in LAYOUTS for root in list_roots(name)])
def test_root_at_any_level(layout: str, below: str, above: str, tmp_path: Path) -> None:
    """Whoever names an account's folder, a region's or a day's gets what lies there, and its true day."""
    build_tree(tmp_path / above, layout)
    add_other_services(tmp_path / above)
    files = find(tmp_path / above / below)
    own = [f for f in files if (f.aws_account_id, f.aws_region, f.day) == (ACCOUNT, REGION, DAY)]
    assert [Path(file.path) for file in own] == [
        tmp_path / above / LAYOUTS[layout]() / (name_file() + ".log.gz")
    ]
    assert {file.day for file in files} == {DAY}
    depth = below.count("/") + bool(below)
    assert len(files) == (4 if depth < 2 else 2 if depth < 4 else 1)


def test_root_on_another_day_holds_nothing(tmp_path: Path) -> None:
    """The root's own date counts: its files are not today's because today was asked for."""
    build_tree(tmp_path, "plain")
    assert find(tmp_path / place_plain(DAYS[0])) == []


@pytest.mark.parametrize("ending", ["", "/"])
def test_paths_of_problems_begin_below_the_root(ending: str, tmp_path: Path, monkeypatch: Any) -> None:
    """However the root is written, an answer names files within it."""
    put(tmp_path / "logs", GARBAGE)
    monkeypatch.chdir(tmp_path)
    for root in (str(tmp_path / "logs"), "logs", "./logs"):
        answer = ask(tmp_path / "state", root + ending, question())
        assert [problem.file for problem in answer.coverage.problems] == [
            f"{place_plain()}/{name_file()}.log.gz"
        ]


def test_window_spans_years(tmp_path: Path) -> None:
    """31 December to 1 January crosses year, month and day at once."""
    days = [date(2026, 12, 30) + timedelta(n) for n in range(4)]
    for day in days:
        put_lines(tmp_path, line(), place=place_plain(day), name=name_file(day) + ".log.gz")
    assert [file.day for file in find(tmp_path, window(days[1], 2))] == days[1:3]


REGIONS = [
    "us-east-1",
    "us-gov-west-1",
    "us-isob-east-1",
    "ap-southeast-7",
    "cn-northwest-1",
    "eusc-de-east-1",
]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_regions(layout: str, region: str, tmp_path: Path) -> None:
    """A region of an unusual name would vanish from the answer without a word."""
    put_lines(tmp_path, line(), place=LAYOUTS[layout](region=region), name="flows.log.gz")
    assert [file.aws_region for file in find(tmp_path)] == [region]


def test_region_that_nobody_has_heard_of(tmp_path: Path) -> None:
    """Below the flow logs' own folder, nothing is taken for another service."""
    place = place_plain().replace(REGION, "moon")
    put_lines(tmp_path, line(), place=place)
    assert [(file.day, file.aws_region) for file in find(tmp_path)] == [(DAY, REGION)]


def test_flat_folder(tmp_path: Path) -> None:
    """Files copied into one folder tell their day, account and region by their names."""
    for day in DAYS:
        put_lines(tmp_path, line(), place=".", name=name_file(day) + ".log.gz")
    files = find(tmp_path)
    assert [(file.day, file.aws_account_id, file.aws_region) for file in files] == [(DAY, ACCOUNT, REGION)]


def test_days_without_a_region(tmp_path: Path) -> None:
    """Folders of days alone are enough, and those of other days stay closed."""
    for day in DAYS:
        put_lines(tmp_path, line(), place=f"{day:%Y/%m/%d}", name="flows.log.gz")
    assert [(file.day, file.aws_region) for file in find(tmp_path)] == [(DAY, "")]


@pytest.mark.parametrize("stamp", ["20261399", "20260230"])
def test_name_with_a_day_that_is_none(stamp: str, tmp_path: Path) -> None:
    """One odd name must not end the listing: the file's day is unknown, which the answer says."""
    name = name_file().replace(f"{DAY:%Y%m%d}", stamp) + ".log.gz"
    put_lines(tmp_path, line(), place=".", name=name)
    assert [file.day for file in find(tmp_path)] == [None]


def test_folder_that_is_no_day(tmp_path: Path) -> None:
    put_lines(tmp_path, line(), place=place_plain().replace("/14", "/31"), name="flows.log.gz")
    assert [file.day for file in find(tmp_path)] == [None]


def test_sizes_are_told(tmp_path: Path) -> None:
    """They are what the scan is said to have read."""
    path = put_lines(tmp_path, line())
    assert [file.size for file in find(tmp_path)] == [path.stat().st_size]


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refused:
        find(tmp_path / "gone")
    assert str(refused.value) == f"There is no folder of flow logs at {tmp_path}/gone."


def test_file_for_a_folder(tmp_path: Path) -> None:
    """Naming one log file is a natural try; it is told apart from an empty folder."""
    with pytest.raises(EngineError, match=r"^There is no folder of flow logs at "):
        find(put_lines(tmp_path, line()))


class _BrokenFileSystem(CountingFileSystem):
    def get_file_info(self, of: Any) -> Any:
        if isinstance(of, fs.FileSelector):
            raise OSError("When listing objects: AWS Error ACCESS_DENIED during ListObjectsV2: denied")
        return super().get_file_info(of)


def test_listing_that_fails(tmp_path: Path) -> None:
    """Half a listing would be half an answer."""
    system: Any = _BrokenFileSystem()
    with pytest.raises(EngineError) as refused:
        list(find_log_files(system, str(tmp_path), window()))
    assert str(refused.value) == f"The logs at {tmp_path} cannot be listed: ACCESS_DENIED."


@pytest.mark.parametrize("location", ["s3://", "s3:///"])
def test_address_that_is_none(location: str) -> None:
    with pytest.raises(EngineError) as refused:
        open_logs(location)
    assert str(refused.value).startswith(f"The logs at {location} cannot be opened: ")
    assert "\n" not in str(refused.value)


EXPLAINED = [
    (FileNotFoundError(2, "Failed to open local file '/secret/path'"), os.strerror(2)),
    (OSError("AWS Error NO_SUCH_KEY during GetObject"), "NO_SUCH_KEY"),
    (ValueError("one\ntwo"), "one"),
    (OSError(), "OSError"),
]


@pytest.mark.parametrize(("error", "expected"), EXPLAINED)
def test_reasons_are_short(error: Exception, expected: str) -> None:
    """Arrow repeats whole paths in its errors, and S3 its requests."""
    assert explain(error) == expected
