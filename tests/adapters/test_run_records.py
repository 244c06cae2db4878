"""Runs as text: what an earlier version wrote is read, and what this one adds is not lost."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.adapters.run_records import read_record, write_record
from bot.domain.cidr import parse_block
from bot.domain.cost import Cost
from bot.domain.coverage import Problem
from bot.domain.question import Compared, Question, Side
from bot.domain.run import Asked, Run, Scanned, SentFile, Upload
from bot.domain.scenario import Scenario
from bot.domain.window import build_previous, build_window_of_days

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
WINDOW = build_window_of_days(3, NOW, 10)
SIDE = Side((parse_block("10.1.0.0/16").block,), "vpc-b")
PROBLEM = Problem("a.gz", "it is empty", date(2026, 11, 19))
RUN = Run(
    "7gq2m4x9kd",
    Asked("1", "C1", "U1", "peering vpc-b days=3 compare=previous", NOW),
    question=Question(
        Scenario.PEERING,
        SIDE,
        WINDOW,
        compared=Compared(build_previous(WINDOW, 10), is_asked_over=False),
    ),
    scanned=Scanned("/x/y.parquet", NOW, Cost(5, 0.25), (PROBLEM,)),
)


def test_what_is_compared_is_kept() -> None:
    kept = read_record(write_record(RUN), epoch=0, cancelled_by="")
    assert kept == RUN
    assert kept.scanned
    assert [problem.day for problem in kept.scanned.problems] == [PROBLEM.day]


def test_limit_of_the_scan_is_kept() -> None:
    """And of a run of an earlier version, none is known."""
    written = write_record(replace(RUN, max_rows=100))
    assert read_record(written, epoch=0, cancelled_by="").max_rows == 100
    old = {name: value for name, value in json.loads(written).items() if name != "max_rows"}
    assert read_record(json.dumps(old), epoch=0, cancelled_by="").max_rows == 0


def test_files_that_were_sent_are_kept_with_their_pictures() -> None:
    upload = Upload("F1", "a.csv", "All.", (SentFile("F2", "Who depends on whom"),))
    sent = replace(RUN, upload=upload, is_chart_refused=True)
    assert read_record(write_record(sent), epoch=0, cancelled_by="") == sent


def test_file_that_an_earlier_version_sent_has_no_pictures() -> None:
    """It is shared alone, and not sent again."""
    record = json.loads(write_record(replace(RUN, upload=Upload("F1", "a.csv", "All."))))
    del record["upload"]["pictures"]
    del record["is_chart_refused"]
    old = read_record(json.dumps(record), epoch=0, cancelled_by="")
    assert old.upload == Upload("F1", "a.csv", "All.")
    assert not old.is_chart_refused


def test_run_of_an_earlier_version_compares_nothing() -> None:
    """Its buttons stand in channels, and its result is still kept."""
    record = json.loads(write_record(RUN))
    del record["question"]["compared"]
    del record["scanned"]["problems"][0]["day"]
    old = read_record(json.dumps(record), epoch=0, cancelled_by="")
    assert old.understood.compared is None
    assert old.understood.scanned == WINDOW
    assert old.scanned
    assert old.scanned.problems[0].day is None
