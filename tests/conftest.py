"""Flow logs of a few records, as AWS delivers them."""

import gzip
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test is judged by its seconds: machines are slow at times.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
    "action log-status"
)
ACCOUNT, REGION = "123456789012", "us-east-1"

WriteLog = Callable[..., Path]


def record(
    src: str,
    dst: str,
    srcport: int,
    dstport: int,
    size: int,
    *,
    day: date,
    action: str = "ACCEPT",
    eni: str = "eni-a",
) -> str:
    """One TCP record of 10 packets, at noon of its day, for a minute."""
    start = int(datetime.combine(day, time(12), UTC).timestamp())
    return f"2 {ACCOUNT} {eni} {src} {dst} {srcport} {dstport} 6 10 {size} {start} {start + 59} {action} OK"


@pytest.fixture(autouse=True)
def _leave_the_log_alone() -> Iterator[None]:
    """What one test makes of the log must not reach the next one, on a stream that is closed by then."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def write_log(tmp_path: Path) -> WriteLog:
    """Writes records into the partition of a day and returns the folder of all logs."""
    root = tmp_path / "logs"

    def write(day: date, records: Iterable[str], name: str = "a") -> Path:
        folder = root / "AWSLogs" / ACCOUNT / "vpcflowlogs" / REGION / f"{day:%Y/%m/%d}"
        folder.mkdir(parents=True, exist_ok=True)
        file = (
            folder / f"{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_{day:%Y%m%d}T1200Z_{name}.log.gz"
        )
        file.write_bytes(gzip.compress("\n".join([HEADER, *records, ""]).encode()))
        return root

    return write
