"""Sample logs on disk: AWS's layout, the same bytes each time, whole files only, nothing from the future."""

import datetime as dt
import gzip
import hashlib
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.sample_logs import Layout, write_sample_logs

Reader = Callable[[pathlib.Path], list[dict[str, str]]]

TODAY = dt.date(2026, 11, 12)
NOON = dt.datetime(2026, 11, 12, 12, 0, tzinfo=dt.UTC)
HIVE = "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1"


def write(folder: pathlib.Path, today: dt.date = TODAY, days: int = 2, **options: Any) -> int:
    """Write a small log and return the number of files written."""
    return write_sample_logs(folder, today, days, **{"scale": 0.05, **options}).files_written


def take_prints(folder: pathlib.Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("file_format", ["text", "parquet"])
def test_equal_arguments_give_equal_bytes(tmp_path: pathlib.Path, file_format: Any) -> None:
    """Recorded answers and benchmarks compare across machines and days."""
    for name in ("one", "two"):
        write(tmp_path / name, layout=Layout(file_format=file_format))
    assert take_prints(tmp_path / "one") == take_prints(tmp_path / "two") != {}


def test_another_seed_is_another_flow_log(tmp_path: pathlib.Path) -> None:
    """Both can stand in one folder, and neither takes the other's files for its own."""
    write(tmp_path, seed=1)
    one = take_prints(tmp_path)
    assert write(tmp_path, seed=2) == 24
    both = take_prints(tmp_path)
    assert len(both) == 48
    assert one.items() <= both.items()
    assert len(set(both.values())) == 48


def test_plain_layout(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    name = (
        r"AWSLogs/123456789012/vpcflowlogs/us-east-1/(\d{4})/(\d\d)/(\d\d)/"
        r"123456789012_vpcflowlogs_us-east-1_fl-[0-9a-f]{17}_\1\2\3T\d\d59Z_[0-9a-f]{8}\.log\.gz"
    )
    paths = list(take_prints(tmp_path))
    assert len(paths) == 24
    assert all(re.fullmatch(name, path) for path in paths)


@pytest.mark.parametrize(
    ("layout", "folder"),
    [
        (
            Layout("hive"),
            f"{HIVE}/year=2026/month=11/day=12",
        ),
        (
            Layout("hive", per_hour=True, files_per_day=24),
            f"{HIVE}/year=2026/month=11/day=12/hour=07",
        ),
        (
            Layout("plain", per_hour=True, files_per_day=24),
            "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/12/07",
        ),
    ],
)
def test_other_layouts(tmp_path: pathlib.Path, layout: Layout, folder: str) -> None:
    assert write(tmp_path, layout=layout) == 2 * layout.files_per_day
    assert list((tmp_path / folder).glob("*.log.gz"))
    assert write(tmp_path, layout=layout) == 0


def test_a_file_holds_the_records_that_ended_in_its_hours(tmp_path: pathlib.Path) -> None:
    """A day's folder holds that day's records only, so a window of days opens no folder in vain."""
    write(tmp_path, days=1)
    (path,) = tmp_path.rglob("*_20261112T0959Z_*")
    ends = [int(line.split()[11]) for line in gzip.decompress(path.read_bytes()).decode().splitlines()[1:]]
    ten = int(NOON.timestamp()) - 2 * 3600
    assert ten - 2 * 3600 <= min(ends)
    assert max(ends) < ten


def test_a_second_call_rewrites_nothing(tmp_path: pathlib.Path) -> None:
    """The demo starts at once the second time."""
    write(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    summary = write_sample_logs(tmp_path, TODAY, 2, scale=0.05)
    assert (summary.files_written, summary.files_kept) == (0, 24)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_a_later_day_adds_what_is_missing(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    before = take_prints(tmp_path)
    assert write(tmp_path, TODAY + dt.timedelta(days=1)) == 12
    assert before.items() <= take_prints(tmp_path).items()


def test_nothing_comes_from_the_future(tmp_path: pathlib.Path, read_rows: Reader) -> None:
    """A conversation last seen in ten minutes would make every other figure doubtful."""
    now = NOON + dt.timedelta(minutes=37, seconds=21)
    write(tmp_path, now=now)
    ends = [int(row["end"]) for row in read_rows(tmp_path)]
    assert max(ends) < now.timestamp()
    assert max(ends) > now.timestamp() - 600


@pytest.mark.parametrize("hour", [0, 12])
def test_a_day_written_in_parts_is_the_day_written_at_once(
    tmp_path: pathlib.Path, read_rows: Reader, hour: int
) -> None:
    """Started at any minute and again later, the demo neither loses nor repeats a record."""
    for minute in (1, 37, 38):
        write(tmp_path / "parts", now=NOON.replace(hour=hour, minute=minute))
    write(tmp_path / "parts")
    write(tmp_path / "once")
    parts, once = (
        sorted(tuple(row.values()) for row in read_rows(tmp_path / name)) for name in ("parts", "once")
    )
    assert parts == once != []


def test_an_interrupted_write_leaves_whole_files_and_is_made_good(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half file would be reported as a broken log by the engine."""
    replace, calls = pathlib.Path.replace, []

    def fail_at_the_sixth(self: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
        calls.append(self.name)
        if len(calls) == 6:
            raise OSError("no space left on device")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, "replace", fail_at_the_sixth)
        with pytest.raises(OSError, match="no space left"):
            write(tmp_path / "broken")
    assert all(name.startswith(".") for name in calls)
    whole = take_prints(tmp_path / "broken")
    assert len(whole) == 5

    write(tmp_path / "broken")
    write(tmp_path / "whole")
    assert take_prints(tmp_path / "broken") == take_prints(tmp_path / "whole")
    assert whole.items() <= take_prints(tmp_path / "whole").items()


def test_the_summary_counts_what_is_on_disk(tmp_path: pathlib.Path, read_rows: Reader) -> None:
    summary = write_sample_logs(tmp_path, TODAY, 2, scale=0.05)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert summary.since == TODAY - dt.timedelta(days=1)
    assert summary.until == TODAY
    assert summary.files_written == len(files)
    assert summary.bytes_written == sum(path.stat().st_size for path in files)
    assert summary.records_written == len(read_rows(tmp_path))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"days": 0}, "days must be at least 1, but is 0"),
        ({"now": dt.datetime(2026, 11, 12)}, "now must have a timezone"),  # noqa: DTZ001 - what is refused
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    tmp_path: pathlib.Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        write(tmp_path, **options)


@pytest.mark.parametrize("files_per_day", [0, 7, -1])
def test_a_day_is_cut_at_whole_hours(files_per_day: int) -> None:
    with pytest.raises(ValueError, match="files_per_day must divide 24"):
        Layout(files_per_day=files_per_day)


def test_a_partition_for_each_hour_needs_a_file_for_each_hour() -> None:
    with pytest.raises(ValueError, match="per_hour needs files_per_day=24"):
        Layout(per_hour=True)
