"""The server that all of these tests ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trino.server import TrinoServer, find_java, install, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker here, where it is given to every test of the folder."""
    config.addinivalue_line("markers", "trino: asks a real Trino server, which is fetched; make trino")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is in this folder, and leave it out unless it is asked for: it fetches a server."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker("trino")
    if "trino" not in config.option.markexpr:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrinoServer]:
    """Run a server for all tests, from a cache that lasts."""
    yield from run_server(find_java(), install(), tmp_path_factory.mktemp("trino"))
