"""How much a window's files of flow logs weigh, by listing them and opening none."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.adapters.aws import AwsError, Place, explain
from bot.adapters.flowlog_layout import find_log_files, open_logs
from bot.domain.window import Window
from bot.errors import EngineError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ACCOUNT = re.compile(r"(?:aws-account-id=)?(\d{12})/$")
_REGION = re.compile(r"(?:aws-region=)?([a-z]{2}(?:-[a-z]+)+-\d)/$")
_LISTINGS_AT_ONCE = 8
_LATE = timedelta(days=2)
"""Files of a day are delivered until an hour or so after it; after two days its listing is kept."""
_ROOTS_KEPT = timedelta(hours=1)


class FolderSizes:
    """Sizes of the logs in a folder, found as the embedded engine finds them."""

    def __init__(self, logs: str) -> None:
        self._logs = logs

    def sum_bytes(self, window: Window) -> int:
        """The bytes of the window's files. Raises EngineError."""
        system, root = open_logs(self._logs)
        return sum(file.size for file in find_log_files(system, root, window))


class S3Sizes:
    """Sizes of the logs at `place`, which is where `AWSLogs/` lies, in AWS's plain and Hive layouts.

    `accounts` and `regions` are those that the table declares; empty means all. What was listed of a past
    day is kept.
    """

    def __init__(
        self,
        s3: S3Client,
        place: Place,
        accounts: tuple[str, ...] = (),
        regions: tuple[str, ...] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._s3 = s3
        self._place = place
        self._accounts = accounts
        self._regions = regions
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, int] = {}
        self._roots: tuple[str, ...] = ()
        self._roots_until = datetime.min.replace(tzinfo=UTC)

    def sum_bytes(self, window: Window) -> int:
        """The bytes of the window's files. Raises EngineError."""
        count = (window.last_day - window.first_day).days + 1
        days = [window.first_day + timedelta(days=offset) for offset in range(count)]
        try:
            folders = [(name_day(root, day), day) for root in self._find_roots() for day in days]
            with ThreadPoolExecutor(_LISTINGS_AT_ONCE, thread_name_prefix="log-sizes") as pool:
                return sum(pool.map(lambda folder: self._sum_day(*folder), folders))
        except AwsError as error:
            raise EngineError(explain(error, f"list the flow logs at {self._place}")) from error

    def _sum_day(self, prefix: str, day: date) -> int:
        if day > self._now().date():
            return 0
        if (kept := self._kept.get(prefix)) is not None:
            return kept
        total = sum(size for _, size in self._list_objects(prefix))
        if self._now().date() - day >= _LATE:
            self._kept[prefix] = total
        return total

    def _list_objects(self, prefix: str) -> Iterator[tuple[str, int]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._place.bucket, Prefix=prefix)
        return ((found["Key"], found["Size"]) for page in pages for found in page.get("Contents", []))

    def _find_roots(self) -> tuple[str, ...]:
        """The prefixes of every account's regions, above the days; looked up again every hour."""
        with self._lock:
            if self._now() >= self._roots_until:
                self._roots = tuple(self._walk_roots())
                self._roots_until = self._now() + _ROOTS_KEPT
            return self._roots

    def _walk_roots(self) -> Iterator[str]:
        for account in self._list_folders(_name_top(self._place.prefix), _ACCOUNT, self._accounts):
            service = "aws-service=vpcflowlogs/" if "aws-account-id=" in account else "vpcflowlogs/"
            yield from self._list_folders(account + service, _REGION, self._regions)

    def _list_folders(self, prefix: str, name: re.Pattern[str], wanted: tuple[str, ...]) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._place.bucket, Prefix=prefix, Delimiter="/"
        )
        for page in pages:
            for folder in page.get("CommonPrefixes", []):
                match = name.match(folder["Prefix"].removeprefix(prefix))
                if match and (not wanted or match[1] in wanted):
                    yield folder["Prefix"]


def name_day(root: str, day: date) -> str:
    """The prefix of one day below a region's, in the layout that the region's own name tells."""
    hive = "/aws-region=" in root
    return root + (f"year={day:%Y}/month={day:%m}/day={day:%d}/" if hive else f"{day:%Y/%m/%d}/")


def _name_top(prefix: str) -> str:
    return prefix if prefix.endswith("AWSLogs/") else f"{prefix}AWSLogs/"
