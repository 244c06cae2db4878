"""Runs in the store, on both databases: kept once, leased to one process at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from bot.adapters.block_store import SqlBlockStore
from bot.adapters.database import Database, name_file, parse_store_url
from bot.adapters.run_store import SqlRunStore
from bot.domain.audit import AuditLine
from bot.domain.cidr import parse_block
from bot.domain.cost import Cost
from bot.domain.coverage import Problem
from bot.domain.question import Action, Filters, Measure, Question, Side
from bot.domain.run import Asked, Run, RunState, Scanned, Upload, new_run_id
from bot.domain.scenario import Scenario
from bot.domain.window import build_window_of_days
from bot.errors import LeaseLostError, StoreError
from tests.postgresql import PostgresServer

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
EXPIRED_S = -1.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    if not PostgresServer.is_installed():
        pytest.skip("There is no PostgreSQL server on this machine: install Debian's postgresql")
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    if request.param == "sqlite":
        return name_file(tmp_path / "b.db")
    server = request.getfixturevalue("server")
    return parse_store_url(server.url(server.create_database()))


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def build_run(key: str, user: str = "U1", channel: str = "C1", *, second: int = 0) -> Run:
    return Run(new_run_id(), Asked(key, channel, user, f"line {key}", NOW + timedelta(seconds=second)))


def submit(store: SqlRunStore, run: Run, *, take: bool = False) -> bool:
    asked = run.asked
    line = AuditLine(asked.key, asked.at, asked.user_id, asked.channel, "peering", asked.line, run_id=run.id)
    return store.submit(run, line, take=take)


def test_everything_of_a_run_is_there_for_the_next_process(database: Database) -> None:
    first, second = SqlRunStore(database, "a", EXPIRED_S), SqlRunStore(database, "b", 60)
    block = parse_block("10.1.0.0/16").block
    question = Question(
        Scenario.PEERING,
        Side((block,), "vpc-b"),
        build_window_of_days(3, NOW, 10),
        Side((block, parse_block("192.0.2.0/24").block)),
        Filters((443,), (6,), Action.REJECT),
        Measure.FLOWS,
        25,
        100,
    )
    scanned = Scanned("/x/y.parquet", NOW, Cost(5, 0.25, is_reused=True), (Problem("a.gz", "it is empty"),))
    run = build_run("1")
    submit(first, run, take=True)
    run = replace(
        run,
        state=RunState.DELIVERING,
        question=question,
        statement="SELECT 1",
        notes=("a", "b"),
        message_ts="1.2",
        scanned=scanned,
        records=scanned,
        is_posting=True,
        is_answered=True,
        verdict="in_use",
        upload=Upload("F1", "x.csv", "all"),
        reason="why",
    )
    first.save(run)
    assert second.claim(5) == [replace(run, epoch=1)]


def test_request_that_comes_twice_is_kept_once(database: Database) -> None:
    store = SqlRunStore(database, "a", 60)
    assert submit(store, build_run("same"))
    assert not submit(store, build_run("same"))
    assert len(store.claim(5)) == 1


def test_lease_keeps_others_away_until_it_ends(database: Database) -> None:
    holder, other = SqlRunStore(database, "a", 60), SqlRunStore(database, "b", 60)
    run = build_run("1")
    submit(holder, run, take=True)
    assert other.claim(5) == []
    assert holder.renew([run.id]) == {run.id}
    assert other.renew([run.id]) == frozenset()
    holder.release([run.id])
    assert [one.id for one in other.claim(5)] == [run.id]


def test_whoever_lost_the_lease_changes_nothing(database: Database) -> None:
    """A process that was paused wakes up and believes that the run is its own."""
    paused, other = SqlRunStore(database, "a", EXPIRED_S), SqlRunStore(database, "b", 60)
    run = build_run("1")
    submit(paused, run, take=True)
    (taken,) = other.claim(5)
    with pytest.raises(LeaseLostError):
        paused.save(run)
    with pytest.raises(LeaseLostError):
        paused.end(run, "done")
    other.save(taken)


def test_earlier_time_of_the_same_process_changes_nothing(database: Database) -> None:
    """It lost the lease and took it up again: workers of before must not mix with those of now."""
    store = SqlRunStore(database, "a", EXPIRED_S)
    run = build_run("1")
    submit(store, run, take=True)
    (again,) = store.claim(5)
    with pytest.raises(LeaseLostError):
        store.save(run)
    store.save(again)


def test_ended_run_stays_as_it_is(database: Database) -> None:
    store = SqlRunStore(database, "a", EXPIRED_S)
    run = build_run("1")
    submit(store, run, take=True)
    store.end(replace(run, state=RunState.DONE, ended_at=NOW), "in_use")
    with pytest.raises(LeaseLostError):
        store.save(run)
    assert store.claim(5) == []
    assert not store.cancel(run.id, "U2")
    (kept,) = store.find(run.id[:4])
    assert (kept.state, kept.ended_at) == (RunState.DONE, NOW)


def test_outcome_and_cost_stand_in_the_audit_line(database: Database) -> None:
    store = SqlRunStore(database, "a", 60)
    run = replace(build_run("1"), scanned=Scanned("x", NOW, Cost(7, 0.5)))
    submit(store, run, take=True)
    store.end(replace(run, state=RunState.DONE, ended_at=NOW), "in_use")
    assert store.note(AuditLine("2", NOW, "U2", "C2", "help", "help", "shown"))
    with database.begin() as connection:
        lines = connection.execute(
            text(
                "SELECT key, user_id, channel, verb, line, outcome, scanned_bytes, usd FROM commands ORDER BY key"
            )
        ).all()
    assert [tuple(line) for line in lines] == [
        ("1", "U1", "C1", "peering", "line 1", "in_use", 7, 0.5),
        ("2", "U2", "C2", "help", "help", "shown", None, None),
    ]


def test_people_take_turns(database: Database) -> None:
    """Whoever asked ten things waits behind whoever asked one."""
    store = SqlRunStore(database, "a", 60)
    for number in range(10):
        submit(store, build_run(f"many {number}", second=number))
    submit(store, build_run("one", "U2", second=20))
    assert [run.asked.key for run in store.claim(3)] == ["many 0", "many 1", "one"]


def test_many_claim_at_once_and_each_run_is_taken_once(database: Database, url: URL) -> None:
    submitting = SqlRunStore(database, "z", 60)
    runs = [build_run(str(number)) for number in range(40)]
    for run in runs:
        submit(submitting, run)
    databases = [Database(url) for _ in range(6)]
    stores = [SqlRunStore(one, f"owner {number}", 60) for number, one in enumerate(databases)]

    def claim_all(store: SqlRunStore) -> list[str]:
        taken: list[str] = []
        while submitting.count_by_state()["submitted"] > len(taken) and (more := store.claim(3)):
            taken += [run.id for run in more]
        return taken

    with ThreadPoolExecutor(len(stores)) as pool:
        taken = [run_id for some in pool.map(claim_all, stores) for run_id in some]
    taken += [run.id for run in submitting.claim(40)]  # what was locked when the last of them looked
    assert sorted(taken) == sorted(run.id for run in runs)
    for one in databases:
        one.close()


def test_cancelling_is_seen_by_whoever_has_the_run(database: Database) -> None:
    holder, other = SqlRunStore(database, "a", 60), SqlRunStore(database, "b", 60)
    run = build_run("1")
    submit(holder, run, take=True)
    assert holder.find_cancelled([run.id]) == {}
    assert other.cancel(run.id, "U2")
    assert not other.cancel(run.id, "U3")
    holder.save(replace(run, message_ts="1.0"))  # which must not take it back
    assert holder.find_cancelled([run.id]) == {run.id: "U2"}


def test_counts_and_lists(database: Database) -> None:
    store = SqlRunStore(database, "a", 60)
    mine, theirs = build_run("1", "U1", "C1"), build_run("2", "U2", "C1", second=5)
    elsewhere = build_run("3", "U2", "C2", second=9)
    for run in (mine, theirs, elsewhere):
        submit(store, run, take=True)
    assert store.count_unfinished("U1", "C1") == (1, 2)
    assert store.count_by_state() == {"submitted": 3, "scanning": 0, "delivering": 0}
    store.end(replace(theirs, state=RunState.DONE, ended_at=NOW), "in_use")
    assert [run.id for run in store.list_recent("C1", "U1", 5)] == [mine.id, theirs.id]
    assert store.count_unfinished("U2", "C1") == (1, 1)
    assert len(store.find("")) == 2
    assert store.find("%") == []


def test_store_of_a_newer_version_is_left_alone(database: Database, url: URL) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = Database(url)
    with pytest.raises(StoreError, match="is of a newer vpccidr"):
        SqlBlockStore(newer).list_blocks()


def test_whoever_writes_waits_for_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself would let them sleep and try again, some of them for seconds."""
    monkeypatch.setattr("bot.adapters.sqlite_file._BUSY_TIMEOUT_MS", 0)
    shared = Database(name_file(tmp_path / "a.db"))
    stores = [SqlRunStore(shared, owner, 60) for owner in "abcd"]
    with ThreadPoolExecutor(len(stores)) as people:
        written = [people.submit(submit, store, build_run(f"{n}")) for n in range(50) for store in stores]
    assert sum(each.result() for each in written) == 50
    shared.close()


def test_a_line_that_no_database_takes_is_kept_as_far_as_it_goes(database: Database) -> None:
    """Neither NUL nor half of a surrogate pair may cost a command its line in the books."""
    store = SqlRunStore(database, "a", 60)
    assert store.note(AuditLine("k", NOW, "U1", "C1", "other", "a\0b\ud800c", outcome="refused: \ud800"))
    with database.begin() as connection:
        kept = connection.execute(text("SELECT line, outcome FROM commands")).one()
    assert tuple(kept) == ("a\ufffdb?c", "refused: ?")
