"""The texts in sql/: each is used, each name in them is bound, and they are such as two engines take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.domain.address import Address
from bot.domain.binder import Fragment, bind
from bot.domain.cidr import Block, parse_block
from bot.domain.flowlog import FIELDS, PARTITIONS
from bot.domain.question import Action, Compared, Filters, Measure, Question, Side
from bot.domain.scenario import ROLES, Scenario
from bot.domain.view import View, ViewKind
from bot.domain.window import Window, build_previous
from bot.services.report_statements import (
    REPORTS,
    VIEWS,
    build_extras,
    build_named_hosts,
    build_report,
    build_view_rows,
    build_view_sums,
)
from bot.services.statements import build_raw, build_scan, load_text

ROOT = Path(str(files("sql")))
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in sorted(ROOT.rglob("*.sql"))
    if path.parent.name != "tables"
}
HOME, OTHER = (Side((parse_block(text).block,)) for text in ("10.0.0.0/30", "10.1.0.0/30"))
DAYS = Window(datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC))
HOURS = Window(
    datetime(2026, 11, 14, 22, tzinfo=UTC), datetime(2026, 11, 15, 23, 30, tzinfo=UTC), by_time=True
)
EVERYTHING = Filters((443, 53), (6, 17), Action.ACCEPT)
ENDS = (Address("10.0.0.1"), Address("2001:db8::1"))
NARROWED_VIEWS = (
    View(),
    View(action=Action.REJECT, service_port=0, protocol=0, host=ENDS[1], subnet=Block(0, 24), new_days=1),
    View(pair=ENDS),
)
NOT_ON_BOTH = (
    r"::",
    r"\bFILTER\b",
    r"\bQUALIFY\b",
    r"\bEXCLUDE\b",
    r"\bREPLACE\b",
    r"\barg_max\b",
    r"\barg_min\b",
    r"\bmax_by\b",
    r"\bmin_by\b",
    r"\bANY_VALUE\b",
    r"\bILIKE\b",
    r"\bGROUP BY ALL\b",
    r"\bORDER BY ALL\b",
    r"\bSEMI JOIN\b",
    r"\bANTI JOIN\b",
    r"\bASOF\b",
    r"\bPIVOT\b",
    r"\bDISTINCT ON\b",
    r"\bLIST\b",
    r"\bSTRUCT\b",
    r"\bTO_DATE\b",
    r"\bTRY_CAST\b",
    r"\bINTERVAL\b",
    r"[^<>=!]==",
    r"//",
    r"%",
    r"/",  # 7 / 2 is 3 on the one and 3.5 on the other
    r"\bepoch\b",
    r"\bstrftime\b",
    r"\bcontains\b",
    r"`",
    r"\[",
    r";",
)


def strip_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text)


def list_questions() -> Iterator[Question]:
    """Each scenario in each of its forms, with and without every option."""
    for scenario, window, filters in product(Scenario, (DAYS, HOURS), (Filters(), EVERYTHING)):
        for home in (None, HOME) if ROLES[scenario].takes_home else (None,):
            yield Question(scenario, OTHER, window, home, filters)


def list_statements() -> dict[str, str]:
    """Every statement that there is, under a name."""
    found = {f"report {name}": build_report(name) for name in REPORTS}
    for view, kind, measure in product(NARROWED_VIEWS, ViewKind, Measure):
        if (kind is not ViewKind.PAIR or view.pair) and (kind is not ViewKind.CHANGES or not view.new_days):
            shown = replace(view, kind=kind, measure=measure)
            found[f"report of {shown}"] = build_view_rows(next(list_questions()), shown, 10)
    for view in NARROWED_VIEWS:
        found[f"report sums of {view}"] = build_view_sums(next(list_questions()), view)
        found[f"report extras of {view}"] = build_extras(next(list_questions()), view)
    found["report named hosts"] = build_named_hosts(next(list_questions()), ENDS)
    found["scan by packets"] = build_scan(replace(next(list_questions()), measure=Measure.PACKETS), 100)
    found["scan of the default format"] = build_scan(next(list_questions()), 100, ())
    found["scan by flows"] = build_scan(replace(next(list_questions()), measure=Measure.FLOWS), 100)
    for number, question in enumerate(list_questions()):
        found[f"scan {number} {question.scenario}"] = build_scan(question, 100)
        found[f"scan {number} {question.scenario} by join"] = build_scan(question, 100, computes_once=True)
        compared = Compared(build_previous(question.window, 366))
        found[f"scan {number} {question.scenario} compared"] = build_scan(
            replace(question, compared=compared), 100
        )
        found[f"raw {number} {question.scenario}"] = build_raw(question, 100)
    return found


STATEMENTS = list_statements()


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables that the statements name, with a few records, for an empty table needs no reading."""
    types = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT"}
    columns = ", ".join(f'"{name}" {types[type_]}' for name, type_ in (FIELDS | PARTITIONS).items())
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE vpcflowlogstable ({columns})")
        connection.execute("CREATE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
        connection.execute("INSERT INTO cidrtable VALUES ('10.0.0.0/30', '10.0.0.1')")
        connection.execute("INSERT INTO cidrtable VALUES ('10.1.0.0/30', '10.1.0.2')")
        for record in product(("2026/11/13", "2026/11/16"), HOSTS.values(), (0, 65_535), (0, 2**40)):
            connection.execute(
                "INSERT INTO vpcflowlogstable (day, srcaddr, dstaddr, srcport, dstport, protocol, start, "
                "action, log_status) VALUES ($1, $2, '10.0.0.2', $3, $3, $3, $4, 'ACCEPT', 'OK')",
                record,
            )
        scan = next(text for name, text in STATEMENTS.items() if name.startswith("scan"))
        connection.execute(f"CREATE TABLE scan_result AS {scan}")
        yield connection


def test_the_files_are_found() -> None:
    """An empty glob would let every other test here pass."""
    assert len(TEXTS) >= 10
    assert {name for name in TEXTS if name.startswith("scenarios/")} == {
        f"scenarios/{s}.sql" for s in Scenario
    }
    assert {name for name in TEXTS if name.startswith("reports/")} == {
        f"reports/{name}.sql" for name in (*REPORTS, *VIEWS.values(), "sums", "extras", "named_hosts")
    }
    assert {"scan.sql", "raw.sql", "narrowed.sql"} <= set(TEXTS)
    assert len(STATEMENTS) == 2 + (2 * 8 + 9 + 2) * 3 + 2 * 3 + 1 + 3 + 4 * 8 * 2 * 2


@pytest.mark.parametrize("name", TEXTS)
def test_text_says_what_it_is_for(name: str) -> None:
    """The first line of each is a comment, and it is what the code loads."""
    assert TEXTS[name].startswith("-- ")
    assert TEXTS[name].endswith("\n")
    assert load_text(name) == TEXTS[name]


@pytest.mark.parametrize("word", NOT_ON_BOTH)
def test_no_word_of_one_engine_alone(word: str) -> None:
    """The same texts run on Athena and on DuckDB."""
    using = [name for name, text in TEXTS.items() if re.search(word, strip_comments(text), re.IGNORECASE)]
    assert using == []


def test_the_forbidden_words_would_be_seen() -> None:
    """A list that matches nothing forbids nothing."""
    bad = "SELECT a::int, arg_max(a, b), 7 / 2 FROM t QUALIFY x"
    assert sum(bool(re.search(word, bad, re.IGNORECASE)) for word in NOT_ON_BOTH) == 4


@pytest.mark.parametrize("name", TEXTS)
def test_end_is_quoted(name: str) -> None:
    """It is a column of AWS's and a reserved word of Athena's; END in capitals closes a CASE."""
    assert re.findall(r'(?<!")\bend\b(?!")', strip_comments(TEXTS[name])) == []


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_name_is_bound(name: str, engine: duckdb.DuckDBPyConnection) -> None:
    """No word of ours is left, and the engine knows every table and column that is named."""
    statement = STATEMENTS[name]
    assert re.findall(r"(?<![:\w]):[a-z_]+|\bin_[a-z]+\(", strip_comments(statement)) == []
    assert engine.execute(statement).description


def count_scans(node: dict[str, Any]) -> int:
    """How often a plan reads the flow logs."""
    reads = "vpcflowlogstable" in json.dumps(node.get("extra_info", {}))
    return reads + sum(count_scans(child) for child in node.get("children", []))


@pytest.mark.parametrize("name", [name for name in STATEMENTS if not name.startswith("report")])
def test_the_logs_are_read_once(name: str, engine: duckdb.DuckDBPyConnection) -> None:
    """Reading costs money on Athena; on DuckDB the records are a stream, which has no second time."""
    assert STATEMENTS[name].count("vpcflowlogstable") == 1
    plans = engine.execute(f"EXPLAIN (FORMAT json) {STATEMENTS[name]}").fetchall()
    assert sum(count_scans(node) for _, plan in plans for node in json.loads(plan)) == 1


@pytest.mark.parametrize("name", STATEMENTS)
def test_partitions_are_compared_bare(name: str) -> None:
    """Athena reads only the partitions that a bare comparison of `day` names."""
    first = "2026/11/1[23]" if "compared" in name else "2026/11/14"
    if not name.startswith("report"):
        assert len(re.findall(rf"WHERE day BETWEEN '{first}' AND '2026/11/1[56]'", STATEMENTS[name])) == 1


# What the conditions mean

HOSTS = {"home": "10.0.0.1", "other": "10.1.0.2", "away": "203.0.113.7", "v6": "2001:db8::1"}
OTHER_PAIRS = "home>other other>home other>other other>away away>other other>v6 v6>other"
BOTH_WAYS = "home>other other>home"
EXPECTED = {
    (Scenario.EXTERNAL, False): "home>other other>home home>away away>home home>v6 v6>home",
    (Scenario.INTERNAL, False): "home>home",
    (Scenario.PEERING, False): OTHER_PAIRS,
    (Scenario.PEERING, True): BOTH_WAYS,
    (Scenario.INADVERTENT, False): OTHER_PAIRS,
    (Scenario.INADVERTENT, True): BOTH_WAYS,
    (Scenario.INCOMING, False): "other>home other>other other>away other>v6",
    (Scenario.INCOMING, True): "other>home",
}


@pytest.mark.parametrize(("scenario", "is_pair"), EXPECTED, ids=str)
def test_conditions(scenario: Scenario, is_pair: bool) -> None:
    """Each scenario over every pair of ends."""
    asked = HOME if scenario in {Scenario.EXTERNAL, Scenario.INTERNAL} else OTHER
    values = {
        "condition": Fragment(load_text(f"scenarios/{scenario}.sql")),
        "asked": asked.blocks,
        "home": HOME.blocks if is_pair else (),
    }
    condition = bind(":condition", values)
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE cidrtable (cidr VARCHAR, ip VARCHAR)")
        engine.execute(
            "INSERT INTO cidrtable VALUES ('10.0.0.0/30', '10.0.0.1'), ('10.1.0.0/30', '10.1.0.2')"
        )
        engine.execute("CREATE TABLE flow (ends VARCHAR, srcaddr VARCHAR, dstaddr VARCHAR)")
        for (src, srcaddr), (dst, dstaddr) in product(HOSTS.items(), repeat=2):
            engine.execute("INSERT INTO flow VALUES (?, ?, ?)", [f"{src}>{dst}", srcaddr, dstaddr])
        found = engine.sql("SELECT * FROM flow").filter(condition).fetchall()
    assert {ends for ends, *_ in found} == set(EXPECTED[scenario, is_pair].split())


def test_every_form_has_its_expectation() -> None:
    forms = {(s, takes) for s in Scenario for takes in ((False, True) if ROLES[s].takes_home else (False,))}
    assert set(EXPECTED) == forms
