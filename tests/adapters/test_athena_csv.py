"""A result as Athena writes it gives the same answer as our own Parquet."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from bot.adapters.athena_csv import open_csv
from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain.flowlog import FIELDS, PARTITIONS, Type
from bot.errors import EngineError
from bot.services.result_columns import SCAN_COLUMNS
from bot.services.statements import build_scan
from tests.adapters.athena_stub import build_question

DUCKDB_TYPES = {Type.STRING: "VARCHAR", Type.INT: "INTEGER", Type.BIGINT: "BIGINT"}


def write_like_athena(path: Path, columns: list[str], rows: list[tuple[object, ...]]) -> Path:
    """Every value in quotes, NULL as nothing."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(columns)
        for row in rows:
            quoted = ("" if value is None else '"' + str(value).replace('"', '""') + '"' for value in row)
            file.write(",".join(quoted) + "\n")
    return path


def test_the_declared_columns_are_the_scans() -> None:
    """The declaration types what Athena writes as text: it must be what the statement gives, in its order."""
    logs = ", ".join(
        f'CAST(NULL AS {DUCKDB_TYPES[kind]}) AS "{name}"' for name, kind in (FIELDS | PARTITIONS).items()
    )
    with closing(duckdb.connect()) as connection:
        connection.execute(f"CREATE VIEW vpcflowlogstable AS SELECT {logs} WHERE FALSE")
        connection.execute("CREATE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
        relation = connection.sql(build_scan(build_question(), 100))
        found = dict(zip(relation.columns, map(str, relation.types), strict=True))
    assert list(found) == list(SCAN_COLUMNS)
    assert found == {name: DUCKDB_TYPES[kind] for name, kind in SCAN_COLUMNS.items()}


def test_null_is_not_empty(tmp_path: Path) -> None:
    """`,,` is NULL and `,"",` is a text of no length; quotes, commas and line ends are a text's own."""
    path = tmp_path / "result.csv"
    path.write_text('"kind","service_port","action","instance_tag"\n"a",,"","x ""y"", z\nw"\n"b","443",,\n')
    with closing(duckdb.connect()) as connection:
        rows = open_csv(connection, path).fetchall()
    assert rows == [("a", None, "", 'x "y", z\nw'), ("b", 443, None, None)]


def test_parquet_and_csv_give_the_same_answer(tmp_path: Path) -> None:
    """The engine differs, the answer must not."""
    rows = _build_rows()
    path = write_like_athena(tmp_path / "result.csv", list(SCAN_COLUMNS), rows)
    parquet = tmp_path / "result.parquet"
    with closing(duckdb.connect()) as connection:
        open_csv(connection, path).write_parquet(str(parquet))
    answers = []
    for file in (path, parquet):
        with closing(DuckDBReports().load(file, 100)) as result:
            answers.append(
                (result.read_coverage(), result.read_talkers(build_question()), list(result.read_rows()))
            )
    assert answers[0] == answers[1]
    (coverage, totals), (talker,), _ = answers[0]
    assert (coverage[0].day, coverage[0].records, totals.bytes) == (date(2026, 11, 19), 7, 700)
    assert (talker.client, talker.service_port, talker.bytes_to_client) == ("10.0.0.1", 443, 600)
    assert talker.first_seen == datetime(2026, 11, 19, 12, tzinfo=UTC)


def test_a_truncated_result_loses_its_last_conversation(tmp_path: Path) -> None:
    """The order of the file is the order of the rows, for the last one decides."""
    rows = [*_build_rows(), _build_conversation("10.0.0.2", 50)]
    path = write_like_athena(tmp_path / "result.csv", list(SCAN_COLUMNS), rows)
    with closing(DuckDBReports().load(path, 2)) as result:
        assert result.truncated
        assert [talker.client for talker in result.read_talkers(build_question())] == ["10.0.0.1"]


def test_raw_records_keep_their_columns(tmp_path: Path) -> None:
    """The log's own records come with the columns of the person's own table, known or not."""
    path = write_like_athena(
        tmp_path / "result.csv", ["srcaddr", "bytes", "my_own_column"], [("10.0.0.1", 12, "007")]
    )
    with closing(DuckDBReports().load(path, 10)) as result:
        assert list(result.read_records()) == [["srcaddr", "bytes", "my_own_column"], ("10.0.0.1", 12, "007")]


@pytest.mark.parametrize("text", ["", '"kind","records"\n"coverage","many"\n'])
def test_what_is_no_result(tmp_path: Path, text: str) -> None:
    path = tmp_path / "result.csv"
    path.write_text(text)
    with pytest.raises(EngineError, match="ask again"), closing(DuckDBReports().load(path, 10)) as result:
        result.read_coverage()


def _build_rows() -> list[tuple[object, ...]]:
    coverage = dict.fromkeys(SCAN_COLUMNS) | {
        "kind": "coverage",
        "day": "2026/11/19",
        "aws_account_id": "123456789012",
        "aws_region": "eu-central-1",
        "log_status": "OK",
        "records": 7,
        "total_conversations": 1,
        "total_flows": 2,
        "total_packets": 3,
        "total_bytes": 700,
        "total_accepted": 1,
        "total_rejected": 0,
        "accepted_until": 1795176060,
    }
    return [tuple(coverage.values()), _build_conversation("10.0.0.1", 100)]


def _build_conversation(client: str, size: int) -> tuple[object, ...]:
    noon = int(datetime(2026, 11, 19, 12, tzinfo=UTC).timestamp())
    row = dict.fromkeys(SCAN_COLUMNS) | {
        "kind": "conversation",
        "day": "2026/11/19",
        "client": client,
        "server": "10.1.0.1",
        "service_port": 443,
        "protocol": 6,
        "action": "ACCEPT",
        "flows_to_server": 1,
        "flows_to_client": 1,
        "packets_to_server": 1,
        "packets_to_client": 2,
        "bytes_to_server": size,
        "bytes_to_client": 6 * size,
        "first_seen": noon,
        "last_seen": noon + 60,
    }
    return tuple(row.values())
