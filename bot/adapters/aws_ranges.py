"""AWS's ip-ranges.json: a file, or a copy of what an https address gives, renewed once a day."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import urllib3

from bot.domain.aws_ranges import AwsRanges, parse_aws_ranges
from bot.domain.prefixes import NamedPrefixes
from bot.errors import StoreError

_log = logging.getLogger(__name__)

_LARGEST_BYTES = 32 * 1024 * 1024
"""About fifteen times what AWS publishes."""

_RENEW_AFTER_S = 24 * 3600
_TRY_AGAIN_S = 3600
_LONGEST_FETCH_S = 120
_CHUNK_BYTES = 64 * 1024
_ADDRESS = "https://"

Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class _Loaded:
    """What a version of the file holds; no ranges where it cannot be used."""

    version: tuple[int, int]
    ranges: AwsRanges | None


class AwsRangesFile:
    """The ranges of a file, read again when it changes. Safe for several threads.

    Where the file is missing or wrong, there are no ranges, and the log says so once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._loaded: _Loaded | None = None
        self._fault = ""
        self._reading = threading.Lock()

    def read(self) -> NamedPrefixes | None:
        """What AWS calls its ranges, or None. Never raises."""
        with self._reading:
            try:
                ranges = self._load()
            except StoreError as error:
                self._warn(str(error))
                return None
        return ranges.prefixes if ranges else None

    def renew_due(self, now: datetime) -> None:
        """Nothing: a file is renewed by whoever put it there."""

    def renew(self) -> None:
        """Nothing, for the same reason."""

    def load(self) -> AwsRanges:
        """The ranges as they are in the file. Raises StoreError with the reason why they cannot be used."""
        return _load(self.path)

    def _load(self) -> AwsRanges | None:
        version = _find_version(self.path)
        if self._loaded is None or self._loaded.version != version:
            self._loaded = _Loaded(version, None)  # of a version that cannot be used the log tells once
            self._loaded = _Loaded(version, self.load())
            self._fault = ""
        return self._loaded.ranges

    def _warn(self, fault: str) -> None:
        if fault != self._fault:
            _log.warning("AWS's ranges are not named: %s", fault)
        self._fault = fault


class AwsRangesCopy(AwsRangesFile):
    """The same of an https address: its copy in a folder, which a thread of its own renews once a day.

    An answer never waits for it: the copy that is there counts until there is a newer one.
    """

    def __init__(self, url: str, folder: Path, fetch: Fetch | None = None) -> None:
        # Of another address there is another copy.
        super().__init__(folder / f"aws-ranges-{hashlib.sha256(url.encode()).hexdigest()[:8]}.json")
        self._url = url
        self._fetch = fetch or fetch_bytes
        self._due = 0.0
        self._renewal: threading.Thread | None = None
        self._renewal_fault = ""

    def read(self) -> NamedPrefixes | None:
        """What AWS calls its ranges, or None. Never raises; there are none before the first copy."""
        return super().read() if self.path.exists() else None

    def renew_due(self, now: datetime) -> None:
        """Begin to renew a copy that is a day old, or not there. Returns at once, and never raises."""
        is_busy = self._renewal is not None and self._renewal.is_alive()
        if (
            is_busy
            or time.monotonic() < self._due
            or _find_age(self.path, now) < timedelta(seconds=_RENEW_AFTER_S)
        ):
            return
        self._due = time.monotonic() + _TRY_AGAIN_S
        self._renewal = threading.Thread(target=self._renew, name="aws-ranges", daemon=True)
        self._renewal.start()

    def wait(self) -> None:
        """Return when no renewal is under way."""
        if self._renewal is not None:
            self._renewal.join()

    def renew(self) -> None:
        """Replace the copy by what the address gives now. Raises StoreError, and leaves the copy as it is."""
        try:
            content = self._fetch(self._url)
            parse_aws_ranges(content)
            _replace(self.path, content)
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise StoreError(f"{self._url} could not be copied ({_explain(error)}).") from error

    def _renew(self) -> None:
        try:
            self.renew()
            self._renewal_fault = ""
        except StoreError as error:
            if not self._renewal_fault:
                _log.warning("AWS's ranges are not renewed, and this is tried every hour: %s", error)
            self._renewal_fault = str(error)


def build_aws_ranges(source: str, folder: Path) -> AwsRangesFile:
    """The ranges of a path or an https address, whose copy lies in the folder."""
    return AwsRangesCopy(source, folder) if source.startswith(_ADDRESS) else AwsRangesFile(Path(source))


def fetch_bytes(url: str) -> bytes:
    """What an address gives. Raises HTTPError of urllib3, and ValueError for what nobody should keep."""
    timeout = urllib3.Timeout(connect=10, read=30)
    until = time.monotonic() + _LONGEST_FETCH_S
    content = bytearray()
    with urllib3.PoolManager() as http:
        response = http.request("GET", url, timeout=timeout, retries=False, preload_content=False)
        try:
            if response.status != 200:  # noqa: PLR2004 - HTTP's OK
                raise ValueError(f"HTTP status {response.status}")
            for chunk in response.stream(_CHUNK_BYTES):
                content += chunk
                if len(content) > _LARGEST_BYTES or time.monotonic() > until:
                    raise ValueError("it is too large, or comes too slowly")
        finally:
            response.close()
    return bytes(content)


def _load(path: Path) -> AwsRanges:
    try:
        with path.open("rb") as file:
            return parse_aws_ranges(_check(file.read(_LARGEST_BYTES + 1)))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be used ({_explain(error)}); see VPCCIDR_AWS_RANGES.") from error


def _check(content: bytes) -> bytes:
    if len(content) > _LARGEST_BYTES:
        raise ValueError(f"it has more than {_LARGEST_BYTES:,} bytes")
    return content


def _find_version(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise StoreError(f"{path} cannot be used ({_explain(error)}); see VPCCIDR_AWS_RANGES.") from error
    return status.st_mtime_ns, status.st_size


def _find_age(path: Path, now: datetime) -> timedelta:
    try:
        return timedelta(seconds=abs(now.timestamp() - path.stat().st_mtime))  # a clock may have been wrong
    except OSError:
        return timedelta.max


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(content)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _explain(error: Exception) -> str:
    return str(error.strerror) if isinstance(error, OSError) and error.strerror else str(error)
