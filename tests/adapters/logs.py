"""Small flow logs of every kind, and questions asked about them on a real engine."""

from __future__ import annotations

import gzip
import io
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.duckdb_reports import DuckDBReports
from bot.adapters.flowlog_addresses import spell_addresses
from bot.adapters.flowlog_layout import find_log_files
from bot.adapters.flowlog_reader import FlowLogReader
from bot.adapters.flowlog_text import TextReader, Workbench
from bot.adapters.flowlog_values import ADDRESSES
from bot.adapters.flowlog_witnesses import EVERYTHING
from bot.adapters.log_cache import NO_COPIES, LogCache
from bot.domain.answer import Answer
from bot.domain.cidr import Block, parse_block
from bot.domain.flowlog import NEEDED, SCANNED
from bot.domain.question import Question, Side
from bot.domain.scenario import Scenario
from bot.domain.window import Window
from bot.services.answers import build_answer
from bot.services.ports import Progress, Scan, State
from bot.services.statements import build_scan

HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
    "action log-status"
)
DAY = date(2026, 11, 14)
NOON = int(datetime(2026, 11, 14, 12, tzinfo=UTC).timestamp())
ACCOUNT, REGION = "123456789012", "us-east-1"
VALUES = {
    "version": "2",
    "account-id": ACCOUNT,
    "interface-id": "eni-0a",
    "srcaddr": "10.0.0.151",
    "dstaddr": "10.1.0.123",
    "srcport": "40000",
    "dstport": "443",
    "protocol": "6",
    "packets": "10",
    "bytes": "1000",
    "start": str(NOON),
    "end": str(NOON + 59),
    "action": "ACCEPT",
    "log-status": "OK",
}
DASHES = dict.fromkeys(
    ("srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action"), "-"
)


def line(header: str = HEADER, **fields: object) -> str:
    """One record in the order of a header; `dst_port=80` style names stand for AWS's dashed ones."""
    values = VALUES | {name.replace("_", "-"): str(value) for name, value in fields.items()}
    return " ".join(values.get(name, "-") for name in header.split())


def status_line(status: str) -> str:
    """A record that carries no traffic."""
    return line(**DASHES, log_status=status)


def render(*lines: str, header: str = HEADER) -> bytes:
    """The text of a file."""
    return "\n".join([header, *lines, ""]).encode()


def read_text(data: bytes, wanted: Sequence[str] = tuple(NEEDED)) -> tuple[list[dict[str, Any]], str]:
    """The records that the text reader finds in a file's bytes, and its fault."""
    reader = TextReader(Workbench(wanted))
    records = [record for batch in reader.read(io.BytesIO(data)) for record in list_records(batch)]
    return records, reader.fault


def list_records(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """A batch's records, with addresses as texts, whatever they are in the batch."""
    spelled = {name: spell_addresses(batch.column(name)) for name in ADDRESSES}
    return pa.table({name: spelled.get(name, batch.column(name)) for name in batch.schema.names}).to_pylist()


def name_file(day: date = DAY, account: str = ACCOUNT, region: str = REGION, unique: str = "0a1b2c3d") -> str:
    """A log file's name as AWS writes it, without its suffix."""
    return f"{account}_vpcflowlogs_{region}_fl-0123456789abcdef0_{day:%Y%m%d}T1200Z_{unique}"


def place_plain(day: date = DAY, account: str = ACCOUNT, region: str = REGION) -> str:
    """The plain prefix of a day."""
    return f"AWSLogs/{account}/vpcflowlogs/{region}/{day:%Y/%m/%d}"


def place_hive(day: date = DAY, account: str = ACCOUNT, region: str = REGION) -> str:
    """The Hive-compatible prefix of a day."""
    where = f"aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}"
    return f"AWSLogs/{where}/year={day:%Y}/month={day:%m}/day={day:%d}"


def put(root: Path, data: bytes, place: str = "", name: str = "") -> Path:
    """Write a file's bytes below the root, in the day's partition unless told otherwise."""
    path = root / (place or place_plain()) / (name or name_file() + ".log.gz")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def put_lines(root: Path, *lines: str, place: str = "", name: str = "") -> Path:
    """Write records as AWS would."""
    return put(root, gzip.compress(render(*lines)), place, name)


def block(text: str) -> Block:
    """A block by its text."""
    return parse_block(text).block


def window(first: date = DAY, days: int = 1) -> Window:
    """Whole days."""
    since = datetime.combine(first, datetime.min.time(), UTC)
    return Window(since, since + timedelta(days=days))


def question(asked: str = "10.1.0.0/24", days: int = 1, **more: Any) -> Question:
    """Whether anything talks with a block."""
    return Question(Scenario.PEERING, Side((block(asked),)), window(days=days), **more)


def build_engine(
    state: Path, logs: Path | str, workers: int = 1, copies: LogCache | None = None
) -> DuckDBEngine:
    """An engine over the logs whose results lie in `state`."""
    return DuckDBEngine(str(logs), state / "results", workers, copies)


def finish(engine: DuckDBEngine, execution_id: str) -> Progress:
    """Wait for a scan's end."""
    while (progress := engine.poll([execution_id])[execution_id]).state is State.RUNNING:
        engine.wait(60)
    return progress


def ask(
    state: Path, logs: Path | str, asked: Question, limit: int = 1000, copies: LogCache | None = None
) -> Answer:
    """The answer to a question, as the services build it."""
    statement = build_scan(asked, limit + 1)
    with closing(build_engine(state, logs, copies=copies)) as engine:
        assert finish(engine, engine.start("run", Scan(statement, asked))) == Progress(State.SUCCEEDED)
        outcome = engine.fetch("run")
        with closing(DuckDBReports().load(outcome.result, limit)) as result:
            return build_answer(asked, outcome, result, statement=statement, engine="DuckDB", elapsed_s=0)


def let_settle(root: Path, ago_s: float = 3600) -> None:
    """Let all files below the root be last written so long ago."""
    before = time.time() - ago_s
    for path in root.rglob("*"):
        os.utime(path, (before, before))


class CountingFile(io.FileIO):
    """A file that tells how many bytes of it were read."""

    def __init__(self, path: str, read: Callable[[int], None]) -> None:
        super().__init__(path)
        self._read = read

    def readinto(self, buffer: Any) -> int | None:
        """As the real one does, and count it."""
        size = super().readinto(buffer)
        self._read(size or 0)
        return size

    def read(self, size: int | None = -1) -> bytes:
        """As the real one does, and count it."""
        data = super().read(-1 if size is None else size) or b""
        self._read(len(data))
        return data


class Opened:
    """A file system that counts what is opened, and how many bytes are read of it."""

    def __init__(self) -> None:
        self._system = fs.LocalFileSystem()
        self.names: list[str] = []
        self.bytes = 0

    def get_file_info(self, of: Any) -> Any:
        """As the real one does."""
        return self._system.get_file_info(of)

    def open_input_file(self, path: str) -> Any:
        """As the real one does, and count it."""
        self.names.append(Path(path).name)
        return pa.PythonFile(CountingFile(path, self._count), "r")

    def _count(self, size: int) -> None:
        self.bytes += size


class Gate:
    """A file system that opens files only when the gate is open."""

    def __init__(self) -> None:
        self._system = fs.LocalFileSystem()
        self.reached = threading.Event()
        self.open = threading.Event()
        self.opened: list[str] = []

    def get_file_info(self, of: Any) -> Any:
        """As the real one does."""
        return self._system.get_file_info(of)

    def open_input_file(self, path: str) -> Any:
        """As the real one does, once the gate is open."""
        self.reached.set()
        self.open.wait()
        self.opened.append(path)
        return self._system.open_input_file(path)


def read_logs(
    root: Path, copies: Path | None = None, limit: int = 10**9
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """All records, what could not be read, and the names of the files that were opened for it."""
    opened: Any = Opened()
    kept = NO_COPIES
    if copies:
        kept = LogCache(copies, limit).open(fs.LocalFileSystem(), str(root), time.time())
    files = list(find_log_files(fs.LocalFileSystem(), str(root), window()))
    reader = FlowLogReader(opened, str(root), files, SCANNED, 2, EVERYTHING, kept)
    records = reader.open().read_all().to_pylist()
    reader.join()
    faults = [f"{problem.file}: {problem.reason}" for problem in reader.problems]
    return sorted(records, key=repr), faults, sorted(opened.names)
