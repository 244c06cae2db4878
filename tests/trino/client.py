"""Trino's client protocol, as much of it as a statement and its rows need."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from tests.trino.server import TrinoServer

TIMEOUT_S = 120


class QueryError(Exception):
    """Trino refused or could not run a statement; the text is its own."""


@dataclass(frozen=True)
class Answer:
    """A statement's rows, and their columns' names and types."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]


class NoNodesError(QueryError):
    """The server answers, but has not found itself as a node yet; it does so soon after its start."""


def query(server: TrinoServer, schema: str, statement: str) -> Answer:
    """Run a statement to its end. Raises QueryError."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return _run(server, schema, statement)
        except NoNodesError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _run(server: TrinoServer, schema: str, statement: str) -> Answer:
    headers = {
        "X-Trino-User": "tests",
        "X-Trino-Catalog": "awsdatacatalog",
        "X-Trino-Time-Zone": "UTC",
        **({"X-Trino-Schema": schema} if schema else {}),
    }
    address: Request | str = Request(
        f"http://127.0.0.1:{server.port}/v1/statement", statement.encode(), headers
    )
    columns: tuple[tuple[str, str], ...] = ()
    rows: list[tuple[Any, ...]] = []
    while True:
        page = _load(address)
        if "error" in page:
            error = page["error"]
            kind = NoNodesError if error.get("errorName") == "NO_NODES_AVAILABLE" else QueryError
            raise kind(error["message"])
        columns = columns or tuple((each["name"], each["type"]) for each in page.get("columns", ()))
        rows += map(tuple, page.get("data", ()))
        if "nextUri" not in page:
            return Answer(columns, rows)
        address = page["nextUri"]


def _load(address: Request | str) -> dict[str, Any]:
    with urlopen(address, timeout=TIMEOUT_S) as reply:  # noqa: S310 - on this machine
        page: dict[str, Any] = json.load(reply)
    return page
