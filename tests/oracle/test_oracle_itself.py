"""The oracle and its log sets, checked by hand: a judge whose own word is not to be taken on trust."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.oracle import oracle
from tests.oracle.logfiles import render_text, write_logset
from tests.oracle.logset import Record, Side, build_logset
from tests.oracle.question import Question, Window, between_times, last_days, random_questions, whole_days

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY, YESTERDAY = date(2026, 11, 20), date(2026, 11, 19)
NOON = int(NOW.timestamp())
HOME, PEER = Side("10.0.0.0/28", ("10.0.0.0/28",)), Side("10.1.0.0/28", ("10.1.0.0/28",))
A, B, STRANGER = "10.0.0.3", "10.1.0.15", "203.0.113.7"
TO_B = Record(TODAY, "1", "eu", "eni-a", A, B, 40000, 443, 6, 2, 100, NOON, NOON + 60, "ACCEPT")
TO_A = replace(TO_B, srcaddr=B, dstaddr=A, srcport=443, dstport=40000, packets=3, bytes=900)
NODATA = Record(TODAY, "1", "eu", "eni-a", *[None] * 7, NOON, NOON + 60, None, "NODATA")


def ask(scenario: str = "peering", *sides: Side, window: Window | None = None, **options: Any) -> Question:
    return Question(scenario, sides or (PEER,), NOW, window or last_days(NOW, 1), **options)


def test_one_connection_seen_at_both_ends_is_one_row_counted_once() -> None:
    """The whole of the counting rule on one case: the maximum of each direction and each counter, per day."""
    second_end = [replace(TO_B, interface="eni-b", bytes=60, packets=5), replace(TO_A, interface="eni-b")]
    found = oracle.answer([TO_B, TO_A, *second_end], ask())
    assert found == {
        "scenario": "peering",
        "blocks": ["10.1.0.0/28"],
        "window": {"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z", "days": 1},
        "coverage": {"days_asked": 1, "days_present": 1, "ok": 4, "nodata": 0, "skipdata": 0},
        "totals": {"conversations": 1, "flows": 2, "packets": 8, "bytes": 1000},
        "truncated": False,
        "verdict": {"code": "in_use"},
        "talkers": [
            {
                "client": A,
                "server": B,
                "service_port": 443,
                "protocol": 6,
                "action": "ACCEPT",
                "flows": 2,
                "packets": 8,
                "bytes": 1000,
                "bytes_to_server": 100,
                "bytes_to_client": 900,
                "first_seen": "2026-11-20T12:00:00Z",
                "last_seen": "2026-11-20T12:01:00Z",
            }
        ],
    }


def test_ways_out_are_those_that_any_record_names() -> None:
    """Two of the one conversation's records tell a way, none of the other's; junk tells nothing."""
    first, second = replace(TO_B, traffic_path="8"), replace(TO_A, traffic_path="4")
    silent = replace(TO_B, dstport=80, traffic_path="99999")
    found = oracle.answer([first, second, silent], ask())["paths"]
    ways = [[path[f"{which}_path"] for which in ("lowest", "highest", "peering")] for path in found]
    assert (ways, [path["conversations"] for path in found]) == ([[4, 8, 4], [None] * 3], [1, 1])


def test_csv_has_a_row_per_day_largest_first() -> None:
    """Days are maximised apart and then added, so the file must not merge them."""
    earlier = replace(TO_B, day=YESTERDAY, interface="eni-b", bytes=300)
    assert oracle.csv_text([TO_B, earlier], ask(window=last_days(NOW, 2), top=1)) == (
        "day,client,server,service_port,protocol,action,flows,packets,bytes,bytes_to_server,bytes_to_client,"
        "first_seen,last_seen\n"
        "2026-11-19,10.0.0.3,10.1.0.15,443,6,ACCEPT,1,2,300,300,0,2026-11-20T12:00:00Z,2026-11-20T12:01:00Z\n"
        "2026-11-20,10.0.0.3,10.1.0.15,443,6,ACCEPT,1,2,100,100,0,2026-11-20T12:00:00Z,2026-11-20T12:01:00Z\n"
    )


def test_equal_ports_make_the_first_text_the_server() -> None:
    """Text, not number, decides: 10.1.0.15 sorts before 10.1.0.2, and the direction follows."""
    record = replace(TO_B, srcaddr="10.1.0.15", dstaddr="10.1.0.2", srcport=0, dstport=0, protocol=1)
    (talker,) = oracle.answer([record], ask())["talkers"]
    ends = (talker["server"], talker["client"], talker["bytes_to_server"], talker["bytes_to_client"])
    assert ends == ("10.1.0.15", "10.1.0.2", 0, 100)


@pytest.mark.parametrize(
    ("scenario", "sides", "expected"),
    [
        ("external", (HOME,), "A>B B>A A>X X>A A>6"),
        ("internal", (HOME,), "A>A"),
        ("peering", (PEER,), "A>B B>A B>X X>B B>B"),
        ("peering", (HOME, PEER), "A>B B>A"),
        ("inadvertent", (PEER, HOME), "A>B B>A"),
        ("incoming", (PEER,), "B>A B>X B>B"),
        ("incoming", (PEER, HOME), "B>A"),
    ],
)
def test_scenarios_by_every_pair_of_ends(scenario: str, sides: tuple[Side, ...], expected: str) -> None:
    """Two ends of each kind in each direction: the truth table of the five questions."""
    hosts = {
        "A": (A, "10.0.0.0"),
        "B": (B, "10.1.0.0"),
        "X": (STRANGER, "10.1.0.16"),
        "6": ("fd00::1", "::1"),
    }
    pairs = "A>B B>A A>X X>A A>6 A>A B>X X>B B>B X>X 6>6".split()
    blocks = [side.blocks for side in sides]
    found = [each for each in pairs if oracle.matches(scenario, blocks, hosts[each[0]][0], hosts[each[2]][1])]
    assert sorted(found) == sorted(expected.split())


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([TO_B, replace(TO_B, action="REJECT")], "in_use"),
        ([replace(TO_B, action="REJECT")], "attempts_only"),
        ([NODATA, replace(NODATA, day=YESTERDAY)], "unused"),
        ([NODATA], "unknown"),
        ([NODATA, replace(NODATA, day=YESTERDAY, status="SKIPDATA")], "unknown"),
        ([NODATA, replace(NODATA, day=YESTERDAY), replace(NODATA, region="us")], "unknown"),
    ],
    ids=["accepted", "rejected", "full", "day missing", "lost", "gap of a source"],
)
def test_verdicts(records: list[Record], expected: str) -> None:
    """Silence is proof only where nothing is missing; action= must not turn a use into an attempt."""
    for action in (None, "REJECT"):
        question = ask(window=last_days(NOW, 2), action=action)
        assert oracle.answer(records, question)["verdict"]["code"] == expected


def test_an_unreadable_file_takes_the_proof_away() -> None:
    """A file nobody could read may have held the one record that matters."""
    assert oracle.answer([NODATA], ask())["verdict"]["code"] == "unused"
    assert oracle.answer([NODATA], ask(), {TODAY})["verdict"]["code"] == "unknown"
    assert oracle.answer([NODATA], ask(), {YESTERDAY})["verdict"]["code"] == "unused"


def test_hours_that_are_not_over_for_one_prove_nothing() -> None:
    """Their last records may come an hour late."""
    for minutes, expected in ((0, "unknown"), (59, "unknown"), (60, "unused")):
        window = between_times(NOW - timedelta(hours=2), NOW - timedelta(minutes=minutes), ())
        assert oracle.answer([NODATA], ask(window=window))["verdict"]["code"] == expected


def test_times_pick_rows_by_start_and_open_the_next_hours_day() -> None:
    """One under, at, one over both edges; late delivery opens a partition that coverage does not count."""
    until = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    starts = [NOON - 1, NOON, int(until.timestamp()) - 1, int(until.timestamp())]
    late = date(2026, 11, 21)
    records = [replace(TO_B, start=start, day=day) for start in starts for day in (TODAY, late)]
    question = ask(window=between_times(NOW, until, ()))
    found = oracle.answer(records, question)
    assert found["window"] == {"since": "2026-11-20T12:00:00Z", "until": "2026-11-20T23:00:00Z", "days": 1}
    assert found["coverage"] == {"days_asked": 1, "days_present": 1, "ok": 4, "nodata": 0, "skipdata": 0}
    assert found["totals"]["flows"] == 4
    assert [line[:10] for line in oracle.csv_text(records, question).splitlines()[1:]] == [
        str(TODAY),
        str(late),
    ]


def test_days_never_look_at_start() -> None:
    """A record delivered today counts today, whenever it started."""
    window = whole_days(YESTERDAY, YESTERDAY)
    records = [replace(TO_B, day=YESTERDAY, start=0), replace(TO_B, start=NOON - 86_400)]
    assert oracle.answer(records, ask(window=window))["totals"]["flows"] == 1


def test_ties_are_broken_by_the_conversation() -> None:
    """The top-N border must not depend on the order in which records were read."""
    records = [replace(TO_B, dstport=port) for port in (443, 80, 22)]
    found = oracle.answer(records, ask(top=2))
    assert [each["service_port"] for each in found["talkers"]] == [22, 80]
    assert found["totals"]["conversations"] == 3


def test_log_sets_hold_the_cases_they_promise() -> None:
    """A generator that has stopped making a case makes the whole comparison pass for nothing."""
    sets = [build_logset(seed) for seed in range(200)]
    seen: Counter[str] = Counter()
    for logset in sets:
        starts = {each.start for each in logset.records}
        edges = [int(edge.timestamp()) for edge in logset.edges]
        seen["edge"] += any(
            {edge - 1, edge, edge + 1} & starts == {edge - 1, edge, edge + 1} for edge in edges
        )
        seen["broken file"] += bool(logset.unreadable)
        seen["network"] += logset.home.is_network
        seen["several sources"] += len(logset.sources) > 1
        questions = random_questions(Random(logset.seed + 1), logset)  # noqa: S311
        for question in questions:
            found = oracle.answer(logset.records, question)
            seen[found["verdict"]["code"]] += 1
            seen["cut"] += found["totals"]["conversations"] > question.top
            seen["by start"] += question.window.by_start
            ways = [(path["lowest_path"], path["highest_path"]) for path in found.get("paths", [])]
            seen["several ways"] += any(lowest != highest for lowest, highest in ways)
            seen["some unknown"] += (None, None) in ways
            seen["not told"] += not ways
    rare = [case for case, count in seen.items() if count < 15]
    assert (rare, len(seen)) == ([], 13), seen


def read_back(path: Path) -> list[tuple[Any, ...]]:
    """Read what identifies each record of a file, and what it counted, by the names of its columns."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return [identify({name.replace("_", "-"): row[name] for name in row}) for row in table.to_pylist()]
    header, *lines = gzip.decompress(path.read_bytes()).decode("utf-8-sig").splitlines()
    rows = [line.split() for line in lines if line and line != header]
    return [identify(dict(zip(header.split(), row, strict=True))) for row in rows]


def identify(row: dict[str, Any]) -> tuple[Any, ...]:
    numbers = [row[name] for name in ("dstport", "bytes", "start", "end")]
    texts = (row["interface-id"], row["log-status"], row["srcaddr"] or "-", row["action"] or "-")
    return (*texts, *(None if number in ("-", None) else int(number) for number in numbers))


def identify_record(record: Record) -> tuple[Any, ...]:
    texts = (record.interface, record.status, record.srcaddr or "-", record.action or "-")
    return (*texts, record.dstport, record.bytes, record.start, record.end)


def test_files_hold_every_record(tmp_path: Path) -> None:
    """A record lost by the writer would be blamed on the product; every layout must occur, too."""
    shapes = set()
    for seed in range(30):
        logset, folder = build_logset(seed), tmp_path / str(seed)
        write_logset(replace(logset, unreadable=()), folder)
        files = [path for path in folder.rglob("*_vpcflowlogs_*") if path.is_file()]
        shapes |= {(path.suffix, "year=" in str(path), len(path.relative_to(folder).parts)) for path in files}
        written = Counter(row for path in files for row in read_back(path))
        assert written == Counter(map(identify_record, logset.records)), f"seed {seed}"
    assert len(shapes) == 8, "text and Parquet, plain and Hive, with hours and without"


def test_text_is_written_as_aws_writes_it() -> None:
    """Dashes for what is missing, the header's own order: the format is the other half of the contract."""
    rows = [{"start": 5, "action": None}, {"start": 6, "action": "ACCEPT"}]
    text = render_text(Random(1), ["action", "start"], rows).decode()  # noqa: S311
    assert text == "action start\n- 5\nACCEPT 6\n"
