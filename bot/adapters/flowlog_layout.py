"""Which files of a flow log's bucket or folder hold a window: AWS's layouts, without opening anything.

    plain   AWSLogs/<account>/vpcflowlogs/<region>/<yyyy>/<MM>/<dd>/[<HH>/]<file>
    Hive    AWSLogs/aws-account-id=<account>/aws-service=vpcflowlogs/aws-region=<region>/
            year=<yyyy>/month=<MM>/day=<dd>/[hour=<HH>/]<file>
    file    <account>_vpcflowlogs_<region>_fl-<id>_<yyyyMMddTHHmmZ>_<hash>.log.gz

Source: "Flow log files", Amazon VPC User Guide. Folders of other days and of other services are not listed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from pyarrow import fs

from bot.domain.window import Window
from bot.errors import EngineError

_FILE = re.compile(
    r"(?P<account>\d{12})_vpcflowlogs_(?P<region>[a-z0-9-]+)_fl-[0-9a-f]+_(?P<day>\d{8})T\d{4}Z_"
)
_ACCOUNT = re.compile(r"(?:aws-account-id=)?(\d{12})")
_REGION = re.compile(r"(?:aws-region=)?([a-z]{2,}(?:-[a-z]+)+-\d{1,2})")
_YEAR = re.compile(r"(?:year=)?(\d{4})")
_MONTH_OR_DAY = re.compile(r"(?:month=|day=)?(\d{2})")
_S3_ERROR = re.compile(r"AWS Error (\w+)")
_SERVICE = "vpcflowlogs"
_LOG_NAMES = (".log", ".gz", ".parquet")


@dataclass(frozen=True)
class LogFile:
    """One file of flow logs: its path in the file system, its size in bytes, and what its path tells.

    `day` is None where neither a folder nor the file's name tells one. `modified_ns` is when it was last
    written, in nanoseconds since 1970, or 0 where the file system does not tell.
    """

    path: str
    size: int
    day: date | None
    aws_account_id: str
    aws_region: str
    modified_ns: int = field(default=0, compare=False)


@dataclass(frozen=True)
class _Place:
    """What the folders walked so far tell of the files below."""

    delivered: bool = False
    account: str = ""
    service: str = ""
    region: str = ""
    year: str = ""
    month: str = ""
    day: date | None = None


def open_logs(location: str) -> tuple[fs.FileSystem, str]:
    """The file system of a folder or an `s3://bucket/prefix`, and the path within it. Raises EngineError."""
    try:
        if not location.startswith("s3://"):
            return fs.LocalFileSystem(), location
        if not location.removeprefix("s3://"):
            raise ValueError("it names no bucket")  # noqa: TRY301 - one sentence for all of them
        system, root = fs.FileSystem.from_uri(location)
    except (OSError, ValueError) as error:
        raise EngineError(f"The logs at {location} cannot be opened: {explain(error)}.") from error
    return system, root


def explain(error: Exception) -> str:
    """Why a file system refused, without the paths that Arrow repeats in it."""
    if match := _S3_ERROR.search(str(error)):
        return match[1]
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number else str(error).partition("\n")[0] or type(error).__name__


def find_log_files(system: fs.FileSystem, root: str, window: Window) -> Iterator[LogFile]:
    """The files of the window's partitions, in order of their paths. Raises EngineError.

    Hidden files and those that begin with an underscore are no logs, as everywhere in Hive's world.
    """
    try:
        if system.get_file_info(root).type != fs.FileType.Directory:
            raise EngineError(f"There is no folder of flow logs at {root}.")
        yield from _walk(system, root, _read_place(root), window)
    except OSError as error:
        raise EngineError(f"The logs at {root} cannot be listed: {explain(error)}.") from error


def _read_place(path: str) -> _Place:
    """What the root's own path tells; a number in it is a date only below a region or as `year=`."""
    place = _Place()
    for name in path.rstrip("/").split("/"):
        if place.region or not name.isdigit() or _ACCOUNT.fullmatch(name):
            place = _enter(place, name) or _Place()
    return place


def _walk(system: fs.FileSystem, folder: str, place: _Place, window: Window) -> Iterator[LogFile]:
    for info in sorted(system.get_file_info(fs.FileSelector(folder)), key=lambda info: info.path):
        if info.base_name.startswith((".", "_")):
            continue
        if info.type == fs.FileType.Directory:
            below = _enter(place, info.base_name)
            if below is not None and _may_hold(below, window):
                yield from _walk(system, info.path, below, window)
        elif info.type == fs.FileType.File:
            file = _describe_file(info, place)
            if _is_wanted(file, window):
                yield file


def _enter(place: _Place, name: str) -> _Place | None:
    """The place one folder down; None where another service's logs lie there."""
    if name == "AWSLogs":
        return _Place(delivered=True)
    if match := _ACCOUNT.fullmatch(name):
        return replace(_forget_half_a_date(place), account=match[1], service="", region="")
    if match := _REGION.fullmatch(name):
        return replace(_forget_half_a_date(place), region=match[1])
    if place.delivered and place.account and not place.service and not place.region:
        service = name.removeprefix("aws-service=")
        return replace(place, service=service) if service == _SERVICE else None
    return _enter_date(place, name)


def _forget_half_a_date(place: _Place) -> _Place:
    """Numbers above an account or a region that make no whole date were none."""
    return place if place.day is not None else replace(place, year="", month="")


def _enter_date(place: _Place, name: str) -> _Place:
    if match := _YEAR.fullmatch(name):
        return replace(place, year=match[1], month="", day=None)
    match = _MONTH_OR_DAY.fullmatch(name)
    if match is None or not place.year or place.day is not None:
        return place
    if not place.month:
        return replace(place, month=match[1])
    return replace(place, day=_read_date(place.year + place.month + match[1]))


def _read_date(digits: str) -> date | None:
    try:
        return date.fromisoformat(digits)
    except ValueError:
        return None


def _may_hold(place: _Place, window: Window) -> bool:
    """Whether the window's files may lie below; half a date is believed only below a region."""
    if place.day is not None:
        return window.first_day <= place.day <= window.last_day
    so_far = place.year + place.month if place.region else ""
    length = len(so_far)
    return f"{window.first_day:%Y%m%d}"[:length] <= so_far <= f"{window.last_day:%Y%m%d}"[:length]


def _describe_file(info: fs.FileInfo, place: _Place) -> LogFile:
    match = _FILE.match(info.base_name)
    day = place.day or (_read_date(match["day"]) if match else None)
    account = place.account or (match["account"] if match else "")
    region = place.region or (match["region"] if match else "")
    return LogFile(info.path, info.size or 0, day, account, region, info.mtime_ns or 0)


def _is_wanted(file: LogFile, window: Window) -> bool:
    if file.day is None:
        return file.path.endswith(_LOG_NAMES)
    return window.first_day <= file.day <= window.last_day
