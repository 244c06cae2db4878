"""How much work a question is, told by what is opened rather than by seconds, which no test can rely on."""

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from bot.adapters import duckdb_engine, flowlog_lines, flowlog_text, flowlog_values
from bot.adapters.log_cache import LogCache
from bot.domain.answer import Answer
from bot.domain.question import Question, Side
from bot.domain.scenario import Scenario
from tests.adapters.logs import (
    DAY,
    VALUES,
    Opened,
    ask,
    block,
    let_settle,
    line,
    name_file,
    place_plain,
    put,
    put_lines,
    question,
    status_line,
    window,
)

DAYS = 12
NUMBERS = "version srcport dstport protocol packets bytes start end".split()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """What a scan opens."""
    opened = Opened()
    monkeypatch.setattr(duckdb_engine, "open_logs", lambda location: (opened, location))
    return opened


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two files a day, last written an hour ago."""
    root = tmp_path / "logs"
    for number in range(DAYS):
        day = DAY + timedelta(days=number)
        for unique in ("aa", "bb"):
            put_lines(root, line(), place=place_plain(day), name=name_file(day, unique=unique) + ".log.gz")
    let_settle(root)
    return root


Ask = Callable[[int, int], Answer]


@pytest.fixture
def ask_about(tmp_path: Path, logs: Path) -> Ask:
    """Ask about so many days from a day on, with copies."""
    copies = LogCache(tmp_path / "copies", 10**9)

    def ask_days(first: int, days: int) -> Answer:
        about = window(DAY + timedelta(days=first), days)
        asked = Question(Scenario.PEERING, Side((block("10.1.0.0/24"),)), about)
        return ask(tmp_path / "state", logs, asked, copies=copies)

    return ask_days


def test_of_parquet_only_the_asked_columns_are_read(tmp_path: Path, opened: Opened) -> None:
    """Bytes of other columns would be read for nothing, and of later formats most bytes are theirs."""
    rows = 20_000
    columns: dict[str, Any] = {name.replace("-", "_"): [value] * rows for name, value in VALUES.items()}
    columns |= {name: [int(value) for value in columns[name]] for name in NUMBERS}
    columns["instance_id"] = [f"i-{hashlib.sha256(str(row).encode()).hexdigest()}" for row in range(rows)]
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer, use_dictionary=False)
    put(tmp_path / "logs", buffer.getvalue(), name=name_file() + ".log.parquet")
    answer = ask(tmp_path / "state", tmp_path / "logs", question())
    assert answer.coverage.ok == rows
    assert opened.bytes < len(buffer.getvalue()) / 5


def refuse(*_: object, **__: object) -> None:
    """What nobody should need."""
    raise AssertionError


@pytest.mark.parametrize("suffix", ["gz", "gz, not compiled", "parquet"])
def test_records_that_make_sense_are_not_looked_at_one_by_one(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor those without data, whose dashes are in nearly every file."""
    columns: dict[str, Any] = {name.replace("-", "_"): [value, "-"] for name, value in VALUES.items()}
    columns |= {name: [int(columns[name][0]), None] for name in NUMBERS}
    columns["log_status"] = ["OK", "NODATA"]
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    if suffix.startswith("gz"):
        put_lines(tmp_path / "logs", line(), status_line("NODATA"), name=name_file() + ".log.gz")
    else:
        put(tmp_path / "logs", buffer.getvalue(), name=name_file() + ".log.parquet")

    monkeypatch.setattr(flowlog_values, "_make_sense", refuse)
    if suffix == "gz":
        monkeypatch.setattr(flowlog_text.csv, "read_csv", refuse)
    else:
        monkeypatch.setattr(flowlog_lines, "LIBRARY", tmp_path / "none.so")
    answer = ask(tmp_path / "state", tmp_path / "logs", question())
    assert (answer.coverage.ok, answer.coverage.nodata, answer.coverage.problems) == (1, 1, ())


def days_of(opened: Opened) -> list[str]:
    return sorted(name.split("_")[4][:8] for name in opened.names)


def name_days(first: int, days: int) -> list[str]:
    return sorted([f"{DAY + timedelta(days=first + number):%Y%m%d}" for number in range(days)] * 2)


def test_only_files_of_the_window_are_opened_and_each_once(ask_about: Ask, opened: Opened) -> None:
    ask_about(1, 3)
    assert days_of(opened) == name_days(1, 3)


def test_second_question_opens_no_log(ask_about: Ask, opened: Opened) -> None:
    first = ask_about(0, 10)
    opened.names.clear()
    second = ask_about(0, 10)
    assert opened.names == []
    assert (second.talkers, second.totals, second.coverage) == (first.talkers, first.totals, first.coverage)


def test_of_ten_days_of_which_nine_are_known_one_is_read(ask_about: Ask, opened: Opened) -> None:
    ask_about(0, 9)
    opened.names.clear()
    ask_about(0, 10)
    assert days_of(opened) == name_days(9, 1)


def test_a_day_that_grew_reads_only_the_new_file(ask_about: Ask, opened: Opened, logs: Path) -> None:
    ask_about(0, 2)
    put_lines(logs, line(), place=place_plain(DAY), name=name_file(DAY, unique="cc") + ".log.gz")
    opened.names.clear()
    answer = ask_about(0, 2)
    assert opened.names == [name_file(DAY, unique="cc") + ".log.gz"]
    assert answer.totals.flows == 5
