"""Logs for the bot that is killed, paused and cut off, and the databases that it is given."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import WriteLog, record
from tests.postgresql import PostgresServer


@pytest.fixture
def logs(write_log: WriteLog) -> Path:
    """Two days of logs in which a database in 10.1.0.0/16 is used: the folder above AWSLogs/."""
    today = datetime.now(UTC).date()
    for day in (today - timedelta(days=1), today):
        folder = write_log(
            day,
            [
                record("10.0.0.5", "10.1.0.9", 40000, 5432, 700, day=day),
                record("10.1.0.9", "10.0.0.5", 5432, 40000, 9000, day=day),
            ],
        )
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A server for all tests; what one of them stops, it starts again."""
    if not PostgresServer.is_installed():
        pytest.skip("There is no PostgreSQL server on this machine: install Debian's postgresql")
    with PostgresServer() as server:
        yield server
