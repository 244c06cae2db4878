"""Every view of a finished scan equals the same question asked anew with that filter.

The oracle answers anew from the records; the product reads the result of one scan that had no filter. Where
the result is truncated, the product knows the largest conversations alone, and says so.
VPCCIDR_VIEW_SETS=200 looks at that many log sets.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from datetime import datetime
from ipaddress import ip_network
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain import question as product
from bot.domain.address import Address
from bot.domain.cidr import parse_block
from bot.domain.conversation import Conversation
from bot.domain.scenario import ROLES, Scenario
from bot.domain.view import TOPS, View, ViewKind, encode_view, parse_view
from bot.domain.view_answer import DayRow, ViewRow
from bot.domain.window import Window
from bot.errors import EngineError, RequestError
from bot.services.ports import Scan, State
from bot.services.statements import build_scan
from bot.services.views import EVERY_ROW, build_view, list_view_rows
from tests.oracle import oracle
from tests.oracle.logfiles import write_logset
from tests.oracle.logset import build_logset
from tests.oracle.question import random_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from bot.services.ports import Result
    from tests.oracle.logset import LogSet, Record
    from tests.oracle.question import Question

SETS = int(os.environ.get("VPCCIDR_VIEW_SETS", "16"))
FIRST = int(os.environ.get("VPCCIDR_ORACLE_FIRST", "0"))
CHUNK = 2
QUESTIONS_A_SET = 2
VIEWS_A_QUESTION = 12
KINDS = [kind for kind in ViewKind if kind is not ViewKind.CHANGES]
"""Changes are of two windows: tests/oracle/test_changes.py."""

Tallies = dict["tuple[date, oracle.Conversation]", oracle.Tally]
Ends = tuple[Any, ...]


@pytest.mark.parametrize("start", range(FIRST, FIRST + SETS, CHUNK))
def test_views_agree_with_oracle(start: int, tmp_path: Path) -> None:
    """On every edge that nobody thought of by hand; whole results and truncated ones."""
    seen = sum(check_logset(seed, tmp_path / str(seed)) for seed in range(start, start + CHUNK))
    assert seen > CHUNK, "log sets whose views are all empty compare nothing"


def check_logset(seed: int, folder: Path) -> int:
    """Look at a few questions of one log set; returns how many views had rows."""
    logset, rng = build_logset(seed), Random(seed + 2)  # noqa: S311  repeatable, not secret
    questions = rng.sample(random_questions(Random(seed + 1), logset), QUESTIONS_A_SET)  # noqa: S311
    with open_engine(logset, folder) as engine:
        return sum(check_question(rng, engine, logset, question) for question in questions)


@contextmanager
def open_engine(logset: LogSet, folder: Path) -> Iterator[DuckDBEngine]:
    """The engine over a log set's readable files."""
    logs = folder / "logs"
    logs.mkdir(parents=True)
    write_logset(replace(logset, unreadable=()), logs)
    with closing(DuckDBEngine(str(logs), folder / "results", 1)) as engine:
        yield engine


def check_question(rng: Random, engine: DuckDBEngine, logset: LogSet, question: Question) -> int:
    """Scan once, whole and truncated, and look at both in many ways."""
    asked = build_question(question)
    whole = run(engine, asked, 10_000)
    with closing(DuckDBReports().load(whole, 10_000)) as result:
        seen = check_views(rng, result, logset, question, asked)
        coverage_rows = len(result.read_coverage()[0])
        rows = len(list(result.read_rows()))
    if rows:
        limit = max(1, coverage_rows + rng.randrange(rows))
        cut = run(engine, asked, limit)
        with closing(DuckDBReports().load(cut, limit)) as result:
            seen += check_views(rng, result, logset, question, asked)
    return seen


def run(engine: DuckDBEngine, asked: product.Question, limit: int, *, computes_once: bool = True) -> Path:
    """The result of a scan."""
    statement = build_scan(asked, limit + 1, computes_once=computes_once)
    execution_id = engine.start(f"{os.urandom(8).hex()}", Scan(statement, asked))
    while engine.poll([execution_id])[execution_id].state is State.RUNNING:
        engine.wait(60)
    return engine.fetch(execution_id).result


def build_question(question: Question) -> product.Question:
    """The question in the product's own words."""
    scenario = Scenario(question.scenario)
    sides = [product.Side(tuple(parse_block(text).block for text in side.blocks)) for side in question.sides]
    if ROLES[scenario].home_first:
        sides.reverse()
    window = question.window
    return product.Question(
        scenario,
        sides[0],
        Window(window.since, window.until, window.by_start),
        sides[1] if len(sides) > 1 else None,
        product.Filters(
            () if question.port is None else (question.port,),
            () if question.protocol is None else (question.protocol,),
            product.Action(question.action) if question.action else None,
        ),
        product.Measure(question.by),
    )


def check_views(
    rng: Random, result: Result, logset: LogSet, question: Question, asked: product.Question
) -> int:
    """Compare random views of one result with what the oracle finds in the records."""
    found = oracle.tally_days(select(logset.records, question))
    talks = oracle.sum_window(found)
    known = {talk: talks[talk] for talk in rank(talks, question.by)[: count_known(result, asked)]}
    assert result.truncated is (len(known) < len(talks))
    seen = 0
    for view in random_views(rng, logset, asked, list(talks)):
        if view.new_days >= len(asked.window.days):
            with pytest.raises(RequestError, match="no earlier day"):
                build_view(asked, result, view)
            continue
        anew = answer_anew(logset.records, question, asked, view)
        expected = {key: tally for key, tally in anew.items() if key[1] in known}
        assert not expected.keys() - found.keys()
        check_view(result, asked, view, expected, len(known), len(talks))
        seen += bool(expected)
    return seen


def count_known(result: Result, asked: product.Question) -> int:
    return len(list(result.read_view(asked, View(), EVERY_ROW)))


def rank(talks: dict[oracle.Conversation, oracle.Tally], by: str) -> list[oracle.Conversation]:
    measure = ("flows", "packets", "bytes").index(by)
    return sorted(talks, key=lambda talk: (-talks[talk].total(measure), talk))


def select(records: Iterable[Record], question: Question) -> list[Record]:
    """The records that a question lists, its action considered."""
    chosen = oracle.select_records(records, question)
    return [each for each in chosen if question.action in (None, each.action)]


def answer_anew(
    records: Iterable[Record], question: Question, asked: product.Question, view: View
) -> Tallies:
    """Ask anew with the view's filters: in the grammar's own options, the rest by leaving records out."""
    if (question.port is not None and view.service_port not in (None, question.port)) or (
        question.protocol is not None and view.protocol not in (None, question.protocol)
    ):
        return {}  # no question asks for two ports at once
    narrowed = replace(
        question,
        port=question.port if view.service_port is None else view.service_port,
        protocol=question.protocol if view.protocol is None else view.protocol,
    )
    kept = [
        each
        for each in select(records, narrowed)
        if view.action in (None, each.action) and passes(view, {each.srcaddr, each.dstaddr})
    ]
    tallies = oracle.tally_days(kept)
    old = (
        {talk for day, talk in tallies if day < asked.window.days[-view.new_days]} if view.new_days else set()
    )
    return {key: tally for key, tally in tallies.items() if key[1] not in old}


def passes(view: View, ends: set[str | None]) -> bool:
    """Whether the two ends of a record are where the view looks."""
    if view.host and view.host.text not in ends:
        return False
    if view.subnet and not any(oracle.is_inside(end or "", [str(view.subnet)]) for end in ends):
        return False
    return view.pair is None or {address.text for address in view.pair} == ends


def random_views(
    rng: Random, logset: LogSet, asked: product.Question, talks: list[oracle.Conversation]
) -> Iterator[View]:
    """Each kind unfiltered, and some with filters that mostly hit; all as a button would hold them."""
    plain = [View(kind, measure=asked.measure) for kind in KINDS if kind is not ViewKind.PAIR]
    narrowed = [random_view(rng, logset, asked, talks) for _ in range(VIEWS_A_QUESTION)]
    for view in plain + narrowed:
        yield parse_view(encode_view("7gq2m4x9kd", view)).view


def random_view(
    rng: Random, logset: LogSet, asked: product.Question, talks: list[oracle.Conversation]
) -> View:
    stranger = oracle.Conversation("203.0.113.99", "2001:db8::99", 9, 6, "ACCEPT")
    talk = rng.choice([*talks, *talks, stranger])
    place: dict[str, Any] = rng.choice(
        [
            {},
            {"host": Address(rng.choice([talk.client, talk.server]))},
            {"subnet": find_subnet(talk.client) or find_subnet(talk.server)},
            {"pair": tuple(Address(each) for each in rng.sample([talk.client, talk.server], 2))},
        ]
    )
    kinds = [kind for kind in KINDS if kind is not ViewKind.PAIR or "pair" in place]
    return View(
        kind=rng.choice(kinds),
        action=rng.choice([None, None, product.Action(talk.action)]),
        service_port=rng.choice([None, None, talk.service_port]),
        protocol=rng.choice([None, None, talk.protocol]),
        new_days=rng.choice([0, 0, 0, 1, 2]),
        top=rng.choice(TOPS),
        measure=rng.choice(list(product.Measure)),
        **place,
    )


def find_subnet(address: str) -> Any:
    return None if ":" in address else parse_block(f"{address}/24").block


def check_view(
    result: Result, asked: product.Question, view: View, tallies: Tallies, known: int, total: int
) -> None:
    """Compare one view: its rows, its sums, and what it says of its own limits."""
    answer = build_view(asked, result, view)
    expected = group(tallies, asked, view)
    shown = expected if view.kind is ViewKind.DAYS else expected[: view.top]
    assert flatten_all(answer.rows) == shown, view
    assert flatten_all(list_view_rows(asked, result, view)) == expected, view
    assert flatten(answer.sums) == sum_up(tallies), view
    assert (answer.known, answer.totals.conversations) == (known, total)
    assert answer.truncated is (known < total)
    assert answer.choices.has_paths is any(tally.paths for tally in tallies.values())
    services = (tally.client_services | tally.server_services for tally in tallies.values())
    assert answer.choices.has_services is any(services)
    for port in answer.choices.ports:
        offered = replace(view, service_port=port.service_port, protocol=port.protocol)
        assert result.read_sums(asked, offered).conversations > 0, "a menu must not lead to an empty view"


def group(tallies: Tallies, asked: product.Question, view: View) -> list[Ends]:
    """The rows of a view, computed one by one from the tallies of each day."""
    blocks = [str(block) for block in asked.asked.blocks]
    groups: defaultdict[Ends, Tallies] = defaultdict(dict)
    wholes = oracle.sum_window(tallies)
    for (day, talk), tally in tallies.items():
        for key in GROUPERS[view.kind](day, talk, blocks, wholes[talk]):
            groups[key][day, talk] = tally
    if view.kind is ViewKind.DAYS:
        return [(day, *sum_up(groups[day,])) for day in sorted({*asked.window.days, *(d for (d,) in groups)})]
    measure = ("flows", "packets", "bytes").index(view.measure)
    sizes = {key: sum(tally.total(measure) for tally in held.values()) for key, held in groups.items()}
    order = oracle.order_way if view.kind is ViewKind.PATHS else lambda key: key
    ordered = sorted(groups, key=lambda key: (-sizes[key], order(key)))
    return [(*key, *DETAILS[view.kind](key, groups[key]), *sum_up(groups[key])) for key in ordered]


def group_hosts(talk: oracle.Conversation, blocks: list[str], *, inside: bool) -> Iterator[Ends]:
    for address in {talk.client, talk.server}:
        if oracle.is_inside(address, blocks) is inside:
            yield (address,)


def list_services(talk: oracle.Conversation, whole: oracle.Tally) -> Iterator[Ends]:
    """The AWS service at each end, with the end's address and the other one's; the same one at both counts once."""
    client, server = max(whole.client_services, default=""), max(whole.server_services, default="")
    if client:
        yield (client, talk.client, talk.server)
    if server and server != client:
        yield (server, talk.server, talk.client)


def name_subnet(address: str) -> str:
    return address if ":" in address else str(ip_network(f"{address}/24", strict=False))


def list_subnets(talk: oracle.Conversation) -> Iterator[Ends]:
    yield (name_subnet(talk.client), name_subnet(talk.server))


GROUPERS: dict[ViewKind, Callable[[date, oracle.Conversation, list[str], oracle.Tally], Iterable[Ends]]] = {
    ViewKind.TALKERS: lambda _, talk, *__: [astuple(talk)],
    ViewKind.PAIR: lambda _, talk, *__: [astuple(talk)],
    ViewKind.PORTS: lambda _, talk, *__: [(talk.service_port, talk.protocol)],
    ViewKind.HOSTS_ASKED: lambda _, talk, blocks, __: group_hosts(talk, blocks, inside=True),
    ViewKind.HOSTS_OTHER: lambda _, talk, blocks, __: group_hosts(talk, blocks, inside=False),
    ViewKind.SUBNETS: lambda _, talk, *__: list_subnets(talk),
    ViewKind.DAYS: lambda day, *_: [(day,)],
    ViewKind.PATHS: lambda *given: [given[-1].way],
    ViewKind.SERVICES: lambda _, talk, __, whole: {(service,) for service, *_ in list_services(talk, whole)},
}


def count_ends(_: Ends, held: Tallies) -> Ends:
    talks = [talk for _, talk in held]
    return (len({talk.client for talk in talks}), len({talk.server for talk in talks}))


def count_addresses(key: Ends, held: Tallies) -> Ends:
    """The addresses of an AWS service, and the hosts at the other end."""
    wholes = oracle.sum_window(held)
    ends = [end for talk, whole in wholes.items() for end in list_services(talk, whole) if end[:1] == key]
    return (len({address for _, address, _ in ends}), len({peer for _, _, peer in ends}))


def count_peers(key: Ends, held: Tallies) -> Ends:
    """The other ends, and the bytes that left and reached the host."""
    (address,) = key
    peers = {talk.server if talk.client == address else talk.client for _, talk in held}
    sent = received = 0
    for (_, talk), tally in held.items():
        directions = [tally.to_server[oracle.BYTES], tally.to_client[oracle.BYTES]]
        out, back = directions if talk.client == address else reversed(directions)
        sent, received = sent + out, received + back
    return (len(peers), sent, received)


DETAILS: dict[ViewKind, Callable[[Ends, Tallies], Ends]] = {
    ViewKind.TALKERS: lambda *_: (),
    ViewKind.PAIR: lambda *_: (),
    ViewKind.PORTS: count_ends,
    ViewKind.HOSTS_ASKED: count_peers,
    ViewKind.HOSTS_OTHER: count_peers,
    ViewKind.SUBNETS: count_ends,
    ViewKind.PATHS: lambda *_: (),
    ViewKind.SERVICES: count_addresses,
}


def sum_up(tallies: Tallies) -> Ends:
    counters = [sum(tally.total(counter) for tally in tallies.values()) for counter in range(3)]
    times = [min((t.first_seen for t in tallies.values()), default=None)]
    times.append(max((t.last_seen for t in tallies.values()), default=None))
    return (len({talk for _, talk in tallies}), *counters, *times)


def flatten_all(rows: Iterable[ViewRow]) -> list[Ends]:
    return [flatten(row) for row in rows]


def flatten(row: Any) -> Ends:
    """A product's row as plain values, as `group` gives them."""
    if isinstance(row, Conversation):
        first, last = row.first_seen.timestamp(), row.last_seen.timestamp()
        return (*astuple(row)[:5], 1, row.flows, row.packets, row.bytes, int(first), int(last))
    values = astuple(row)[:2] if isinstance(row, DayRow) else astuple(row)
    return tuple(value for each in values for value in flatten_value(each))


def flatten_value(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        yield from (part for each in value for part in flatten_value(each))
    else:
        yield int(value.timestamp()) if isinstance(value, datetime) else value


def test_a_result_that_is_gone(tmp_path: Path) -> None:
    """The file is removed after some days; that must be said, and not answered."""
    with pytest.raises(EngineError, match="gone"):
        DuckDBReports().load(tmp_path / "gone.parquet", 10)
