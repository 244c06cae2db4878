"""Views of a finished scan's result: the totals are exact, however little of the result was fetched."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain.address import Address
from bot.domain.conversation import Conversation
from bot.domain.coverage import CoverageRow
from bot.domain.question import Measure, Question
from bot.domain.totals import Totals
from bot.domain.verdict import Code
from bot.domain.view import View, ViewKind
from bot.domain.view_answer import PathRow
from bot.errors import EngineError
from bot.services.ports import Progress, Scan, State
from bot.services.result_columns import OPTIONAL_COLUMNS
from bot.services.statements import build_raw, build_scan
from tests.adapters.logs import (
    ACCOUNT,
    DAY,
    NOON,
    REGION,
    ask,
    build_engine,
    finish,
    line,
    name_file,
    place_plain,
    put,
    put_lines,
    question,
    status_line,
)

QUESTION = question(days=2)
NEXT = DAY + timedelta(days=1)
COVERAGE_ROWS = 3
MOMENTS = (datetime(2026, 11, 14, 12, tzinfo=UTC), datetime(2026, 11, 14, 12, 0, 59, tzinfo=UTC))


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two days: conversations with ports 1 to 5, of 500 down to 100 bytes a day, port 4 rejected."""
    for day in (DAY, NEXT):
        records = [
            line(dstport=n, bytes=600 - 100 * n, packets=n, action="REJECT" if n == 4 else "ACCEPT")
            for n in range(1, 6)
        ]
        records += [status_line("NODATA")] if day == DAY else []
        place, name = place_plain(day), name_file(day) + ".log.gz"
        put_lines(tmp_path / "logs", *records, place=place, name=name)
    return tmp_path / "logs"


def scan(state: Path, logs: Path, asked: Question, limit: int, statement: str = "") -> Path:
    """The result of a question, asked for with a limit of so many rows and one more."""
    statement = statement or build_scan(asked, limit + 1)
    with closing(build_engine(state, logs)) as engine:
        engine.start("run", Scan(statement, asked))
        assert finish(engine, "run") == Progress(State.SUCCEEDED)
        return engine.fetch("run").result


@pytest.mark.parametrize("limit", [10_000, COVERAGE_ROWS + 2])
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_result_of_an_earlier_version_opens(tmp_path: Path, logs: Path, suffix: str, limit: int) -> None:
    """Results are kept for weeks: what they lack is unknown, and all else is as it was."""
    new = scan(tmp_path, logs, QUESTION, limit)
    table = parquet.read_table(new).drop_columns(list(OPTIONAL_COLUMNS))
    old = tmp_path / f"old.{suffix}"
    parquet.write_table(table, old) if suffix == "parquet" else csv.write_csv(table, old)
    reports = DuckDBReports()
    with closing(reports.load(new, limit)) as now, closing(reports.load(old, limit)) as then:
        unwitnessed = [
            replace(row, witnesses=None, accepted_witnesses=None) for row in now.read_coverage()[0]
        ]
        assert then.read_coverage() == (unwitnessed, now.read_coverage()[1])
        for view in (View(), View(ViewKind.PORTS), View(ViewKind.PATHS), View(ViewKind.SERVICES)):
            assert list(then.read_view(QUESTION, view, 100)) == list(now.read_view(QUESTION, view, 100))
        (path,) = then.read_view(QUESTION, View(ViewKind.PATHS), 100)
        assert isinstance(path, PathRow)
        assert (path.numbers, path.sums.conversations) == ((), 5 if limit > COVERAGE_ROWS + 2 else 1)
        assert then.read_extras(QUESTION, View()) == (False, False)
        assert then.read_services(QUESTION, [Address("10.1.0.123")]) == {}


EXACT = Totals(
    conversations=5,
    flows=10,
    packets=30,
    bytes=3000,
    accepted=4,
    rejected=1,
    accepted_until=MOMENTS[1],
    rejected_until=MOMENTS[1],
)


def test_coverage_and_totals(tmp_path: Path, logs: Path) -> None:
    result = scan(tmp_path, logs, QUESTION, 100)
    with closing(DuckDBReports().load(result, 100)) as opened:
        rows, totals = opened.read_coverage()
    assert rows == [
        CoverageRow(DAY, ACCOUNT, REGION, "NODATA", 1, 0, 0),
        CoverageRow(DAY, ACCOUNT, REGION, "OK", 5, 5, 4),
        CoverageRow(NEXT, ACCOUNT, REGION, "OK", 5, 5, 4),
    ]
    assert totals == EXACT


@pytest.mark.parametrize(
    ("conversation_rows", "ports"),
    [(10, [1, 2, 3, 4, 5]), (9, [1, 2, 3, 4]), (8, [1, 2, 3, 4]), (7, [1, 2, 3]), (1, []), (0, [])],
)
def test_truncation(conversation_rows: int, ports: list[int], tmp_path: Path, logs: Path) -> None:
    """A conversation that may have lost a day is left out, which is told; the totals count all of them."""
    limit = COVERAGE_ROWS + conversation_rows
    result = scan(tmp_path, logs, QUESTION, limit)
    with closing(DuckDBReports().load(result, limit)) as opened:
        assert opened.truncated is (conversation_rows < 10)
        assert opened.read_coverage()[1] == EXACT
        assert len(opened.read_coverage()[0]) == COVERAGE_ROWS
        assert [talker.service_port for talker in opened.read_talkers(QUESTION)] == ports
        assert [talker.bytes for talker in opened.read_talkers(QUESTION)] == [1200 - 200 * n for n in ports]
        assert sorted(row[3] for row in opened.read_rows()) == sorted(ports * 2)


def test_verdict_under_truncation(tmp_path: Path, logs: Path) -> None:
    """Even where no conversation fits, the answer knows of them."""
    answer = ask(tmp_path, logs, QUESTION, limit=COVERAGE_ROWS)
    assert (answer.verdict.code, answer.truncated, list(answer.talkers)) == (Code.IN_USE, True, [])


@pytest.mark.parametrize("limit", [1, 2])
def test_limit_too_small_for_coverage(limit: int, tmp_path: Path, logs: Path) -> None:
    """A lost SKIPDATA row would make an incomplete day look whole."""
    result = scan(tmp_path, logs, QUESTION, limit)
    with pytest.raises(EngineError) as refused:
        DuckDBReports().load(result, limit)
    expected = f"{limit} rows cannot even tell what the logs hold of each day; ask for fewer days."
    assert str(refused.value) == expected


def test_talkers(tmp_path: Path, logs: Path) -> None:
    """Over the whole window, with the bytes of each direction."""
    back = line(
        srcaddr="10.1.0.123",
        dstaddr="10.0.0.151",
        srcport=1,
        dstport=40000,
        bytes=7,
        start=NOON + 60,
        end=NOON + 70,
    )
    put_lines(logs, back, name=name_file(unique="back") + ".log.gz")
    talkers = ask(tmp_path, logs, question(days=2, top=1)).talkers
    assert talkers == [
        Conversation(
            client="10.0.0.151",
            server="10.1.0.123",
            service_port=1,
            protocol=6,
            action="ACCEPT",
            flows=3,
            packets=12,
            bytes=1007,
            bytes_to_server=1000,
            bytes_to_client=7,
            first_seen=MOMENTS[0],
            last_seen=datetime.fromtimestamp(NOON + 70, UTC),
        )
    ]


@pytest.mark.parametrize(
    ("measure", "ports"),
    [(Measure.BYTES, [1, 2, 3]), (Measure.PACKETS, [5, 4, 3]), (Measure.FLOWS, [1, 2, 3])],
)
def test_talkers_by_each_measure(measure: Measure, ports: list[int], tmp_path: Path, logs: Path) -> None:
    """Flows are tied here: the order is that of the conversations' own fields."""
    talkers = ask(tmp_path, logs, question(days=2, measure=measure, top=3)).talkers
    assert [talker.service_port for talker in talkers] == ports


def test_rows_are_those_of_each_day(tmp_path: Path, logs: Path) -> None:
    """A day, then the conversation: what the CSV holds, the largest first."""
    result = scan(tmp_path, logs, QUESTION, 100)
    with closing(DuckDBReports().load(result, 100)) as opened:
        rows = list(opened.read_rows())
    assert rows[0] == (DAY, "10.0.0.151", "10.1.0.123", 1, 6, "ACCEPT", 1, 1, 500, 500, 0, *MOMENTS)
    assert [(row[0], row[8]) for row in rows] == [
        (d, b) for b in (500, 400, 300, 200, 100) for d in (DAY, NEXT)
    ]


def test_readings_may_take_turns(tmp_path: Path, logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading something else must not change the rows that are being read."""
    monkeypatch.setattr("bot.adapters.duckdb_reports._ROWS_A_FETCH", 1)
    result = scan(tmp_path, logs, QUESTION, 100)
    with closing(DuckDBReports().load(result, 100)) as opened:
        alone = list(opened.read_rows())
        in_turns = [row for row in opened.read_rows() if opened.read_talkers(QUESTION)]
    assert alone == in_turns


def test_no_rows_at_all(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    with closing(DuckDBReports().load(scan(tmp_path, tmp_path / "logs", QUESTION, 10), 10)) as opened:
        assert opened.read_coverage() == ([], Totals())
        assert opened.read_talkers(QUESTION) == []
        assert list(opened.read_rows()) == []
        assert opened.truncated is False


@pytest.mark.parametrize(("limit", "rows", "truncated"), [(100, 10, False), (10, 10, False), (9, 9, True)])
def test_raw_records(limit: int, rows: int, truncated: bool, tmp_path: Path, logs: Path) -> None:
    """As many as were asked for, led by their columns' names; that there are more is told."""
    result = scan(tmp_path, logs, QUESTION, limit, build_raw(QUESTION, limit + 1))
    with closing(DuckDBReports().load(result, limit)) as opened:
        names, *records = opened.read_records()
        assert (len(records), opened.truncated) == (rows, truncated)
    assert names[:3] == ["interface_id", "srcaddr", "dstaddr"]
    assert dict(zip(names, records[0], strict=True))["srcaddr"] == "10.0.0.151"


def write_result(path: Path, **changes: Any) -> None:
    """A result that is not one of the scan's."""
    columns = {"kind": ["coverage"], "client": ["x"]} | changes
    parquet.write_table(pa.table(columns), path)


def test_damaged_results(tmp_path: Path) -> None:
    """One sentence for each way in which a file can be of no use."""
    garbage = put(tmp_path, b"garbage", ".", "garbage.parquet")
    cut = put(tmp_path, b"PAR1PAR1", ".", "cut.parquet")
    for path in (garbage, cut, tmp_path / "gone.parquet", tmp_path):
        with pytest.raises(EngineError, match=r"^The scan's result is gone or cannot be read; ask again\.$"):
            DuckDBReports().load(path, 10)


def test_result_of_other_columns(tmp_path: Path) -> None:
    """Such as a result that an older release wrote."""
    write_result(tmp_path / "old.parquet")
    with closing(DuckDBReports().load(tmp_path / "old.parquet", 10)) as opened:
        with pytest.raises(EngineError, match="ask again"):
            opened.read_coverage()
        with pytest.raises(EngineError, match="ask again"):
            list(opened.read_rows())


def test_times_up_to_the_last_second(tmp_path: Path) -> None:
    """A time that the readers let pass can be shown."""
    put_lines(tmp_path / "logs", line(start=0, end=253_402_300_799))
    talker = ask(tmp_path, tmp_path / "logs", question()).talkers[0]
    assert (talker.first_seen, talker.last_seen) == (
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    )


def test_sums_beyond_one_record(tmp_path: Path) -> None:
    """Thousands of the largest records that pass still add up."""
    put_lines(tmp_path / "logs", *[line(bytes=2**50)] * 8000)
    answer = ask(tmp_path, tmp_path / "logs", question())
    assert answer.totals.bytes == answer.talkers[0].bytes == 8000 * 2**50


def test_day_is_a_date(tmp_path: Path, logs: Path) -> None:
    with closing(DuckDBReports().load(scan(tmp_path, logs, QUESTION, 100), 100)) as opened:
        assert {type(row[0]) for row in opened.read_rows()} == {date}
