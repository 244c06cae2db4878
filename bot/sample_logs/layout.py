"""Where AWS puts log files and how it names them."""

import datetime as dt
import pathlib
import re
from dataclasses import dataclass
from typing import Literal

from bot.sample_logs.formats import SUFFIXES, FileFormat, Version
from bot.sample_logs.network import ACCOUNT_ID, REGION, build_hex

_MINUTE = dt.timedelta(minutes=1)
_STAMP_FORMAT = "%Y%m%dT%H%MZ"


@dataclass(frozen=True)
class Layout:
    """How the log files are laid out: prefixes, one partition a day or an hour, format and fields.

    `files_per_day` must divide 24; `per_hour` needs a file for each hour.
    """

    prefixes: Literal["plain", "hive"] = "plain"
    per_hour: bool = False
    file_format: FileFormat = "text"
    version: Version = 2
    files_per_day: int = 12

    def __post_init__(self) -> None:
        if self.files_per_day < 1 or 24 % self.files_per_day:
            raise ValueError(f"files_per_day must divide 24, but is {self.files_per_day}")
        if self.per_hour and self.files_per_day != 24:  # noqa: PLR2004 - hours of a day
            raise ValueError("per_hour needs files_per_day=24")

    def build_day_folder(self, day: dt.date) -> pathlib.PurePosixPath:
        """Build the prefix of a UTC day, relative to the bucket."""
        if self.prefixes == "hive":
            owner = f"aws-account-id={ACCOUNT_ID}/aws-service=vpcflowlogs/aws-region={REGION}"
            return pathlib.PurePosixPath("AWSLogs", owner, f"{day:year=%Y/month=%m/day=%d}")
        return pathlib.PurePosixPath("AWSLogs", ACCOUNT_ID, "vpcflowlogs", REGION, f"{day:%Y/%m/%d}")

    def build_path(self, until: dt.datetime, seed: int) -> pathlib.PurePosixPath:
        """Build the path of the file whose records end before `until`, a UTC minute.

        The time in its name is the last minute that the file covers.
        """
        stamp = until - _MINUTE
        folder = self.build_day_folder(stamp.date())
        if self.per_hour:
            folder /= f"{stamp:hour=%H}" if self.prefixes == "hive" else f"{stamp:%H}"
        name = f"{_build_file_prefix(seed)}_{stamp:{_STAMP_FORMAT}}_{build_hex(f'{seed} {stamp}', 8)}"
        return folder / f"{name}.{SUFFIXES[self.file_format]}"

    def list_ends(self, day: dt.date, since: dt.datetime, now: dt.datetime) -> list[dt.datetime]:
        """List the ends of the files that a UTC day still lacks after `since`, none of them past `now`."""
        midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
        length = dt.timedelta(days=1) / self.files_per_day
        ends = [midnight + length * number for number in range(1, self.files_per_day + 1)]
        last = min(now, ends[-1])
        return sorted({end for end in (*ends, last) if since < end <= last})


def build_file_pattern(seed: int) -> str:
    """Build the glob of one flow log's files; each seed is a flow log of its own."""
    return f"{_build_file_prefix(seed)}_*"


def _build_file_prefix(seed: int) -> str:
    return f"{ACCOUNT_ID}_vpcflowlogs_{REGION}_fl-{build_hex(f'flow log {seed}', 17)}"


def parse_end(name: str) -> dt.datetime:
    """Parse from a file's name the time before which its records end; ValueError if there is none."""
    match = re.search(r"_(\d{8}T\d{4}Z)_", name)
    if match is None:
        raise ValueError(f"{name} is not the name of a log file")
    return dt.datetime.strptime(match[1], _STAMP_FORMAT).replace(tzinfo=dt.UTC) + _MINUTE
