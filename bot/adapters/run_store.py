"""The runs and their audit lines, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from bot.adapters.database import Database, insert_new, read_clock
from bot.adapters.run_records import read_record, write_record
from bot.domain.audit import AuditLine
from bot.domain.run import UNFINISHED, Run
from bot.errors import LeaseLostError

_METADATA = MetaData()
_RUNS = Table(
    "runs",
    _METADATA,
    Column("id", String(16), primary_key=True),
    Column("state", String(16)),
    Column("channel", String(32)),
    Column("user_id", String(32)),
    Column("asked_at", Double),
    Column("ended_at", Double),
    Column("lease_owner", String(64)),
    Column("lease_until", Double),
    Column("epoch", Integer),
    Column("cancelled_by", String(32)),
    Column("record", Text),
)
_COMMANDS = Table(
    "commands",
    _METADATA,
    Column("key", String(255), primary_key=True),
    Column("at", Double),
    Column("user_id", String(32)),
    Column("channel", String(32)),
    Column("verb", String(32)),
    Column("line", Text),
    Column("outcome", Text),
    Column("run_id", String(16)),
    Column("scanned_bytes", BigInteger),
    Column("usd", Double),
)
_IS_UNFINISHED = _RUNS.c.state.in_([state.value for state in UNFINISHED])
_FREE = 0.0


class SqlRunStore:
    """The runs, as one process sees them: `owner` is its name, and its leases last `lease_s` seconds."""

    def __init__(self, database: Database, owner: str, lease_s: float) -> None:
        self._database = database
        self._owner = owner
        self._lease_s = lease_s

    def submit(self, run: Run, line: AuditLine, *, take: bool) -> bool:
        """Keep a new run, and lease it where `take` says so; False where its request was taken before."""
        with self._database.begin() as connection:
            if not insert_new(connection, _COMMANDS, _write_line(line)):
                return False
            until = read_clock(connection) + self._lease_s if take else _FREE
            lease = {"lease_owner": self._owner, "lease_until": until}
            connection.execute(_RUNS.insert().values({**_write_run(run), **lease, "cancelled_by": ""}))
            return True

    def claim(self, limit: int) -> list[Run]:
        """Lease up to `limit` unfinished runs that nobody has, the people who asked taking turns."""
        with self._database.begin() as connection:
            now = read_clock(connection)
            is_free = _IS_UNFINISHED & (_RUNS.c.lease_until <= now)
            turn = func.row_number().over(partition_by=_RUNS.c.user_id, order_by=_RUNS.c.asked_at)
            due = select(_RUNS.c.id).where(is_free).order_by(turn, _RUNS.c.asked_at).limit(limit)
            ids = connection.execute(due).scalars().all()
            held = select(_RUNS.c.id).where(_RUNS.c.id.in_(ids), is_free).with_for_update(skip_locked=True)
            ours = connection.execute(held).scalars().all()
            return self._take(connection, ours, now) if ours else []

    def renew(self, run_ids: Iterable[str]) -> frozenset[str]:
        """Lease the runs for longer, and return those that are still ours."""
        with self._database.begin() as connection:
            until = read_clock(connection) + self._lease_s
            renewed = (
                update(_RUNS)
                .where(self._is_ours(run_ids), _IS_UNFINISHED)
                .values(lease_until=until)
                .returning(_RUNS.c.id)
            )
            return frozenset(connection.execute(renewed).scalars())

    def release(self, run_ids: Iterable[str]) -> None:
        """Give the leases back."""
        with self._database.begin() as connection:
            connection.execute(
                update(_RUNS).where(self._is_ours(run_ids)).values(lease_owner="", lease_until=_FREE)
            )

    def free_all(self) -> None:
        """Take every lease away: for a process that knows that it is the only one."""
        with self._database.begin() as connection:
            connection.execute(update(_RUNS).values(lease_owner="", lease_until=_FREE))

    def save(self, run: Run) -> None:
        """Commit how far a run is. Raises LeaseLostError."""
        with self._database.begin() as connection:
            self._save(connection, run)

    def end(self, run: Run, outcome: str) -> None:
        """Commit how a run ended, and write it into its audit line. Raises LeaseLostError."""
        cost = run.scanned.cost if run.scanned else None
        with self._database.begin() as connection:
            self._save(connection, run)
            connection.execute(
                update(_COMMANDS)
                .where(_COMMANDS.c.run_id == run.id)
                .values(
                    outcome=outcome,
                    scanned_bytes=cost.scanned_bytes if cost else None,
                    usd=cost.usd if cost else None,
                )
            )

    def knows(self, key: str) -> bool:
        """Whether a request was taken before."""
        with self._database.begin() as connection:
            known = select(_COMMANDS.c.key).where(_COMMANDS.c.key == key)
            return connection.execute(known).first() is not None

    def note(self, line: AuditLine) -> bool:
        """Write the audit line of a command that is no run; False where it was written before."""
        with self._database.begin() as connection:
            return insert_new(connection, _COMMANDS, _write_line(line))

    def cancel(self, run_id: str, user_id: str) -> bool:
        """Ask whoever has a run to end it; False where it has ended, or somebody asked that before."""
        with self._database.begin() as connection:
            asked = (
                update(_RUNS)
                .where(_RUNS.c.id == run_id, _IS_UNFINISHED, _RUNS.c.cancelled_by == "")
                .values(cancelled_by=user_id)
            )
            return connection.execute(asked).rowcount > 0

    def find_cancelled(self, run_ids: Iterable[str]) -> dict[str, str]:
        """Who cancelled which of the runs."""
        wanted = select(_RUNS.c.id, _RUNS.c.cancelled_by).where(
            _RUNS.c.id.in_(list(run_ids)), _RUNS.c.cancelled_by != ""
        )
        with self._database.begin() as connection:
            return {row.id: row.cancelled_by for row in connection.execute(wanted)}

    def find(self, prefix: str) -> list[Run]:
        """The runs whose ids begin so, at most two of them."""
        return self._read(select(_RUNS).where(_RUNS.c.id.startswith(prefix, autoescape=True)).limit(2))

    def list_recent(self, channel: str, user_id: str, limit: int) -> list[Run]:
        """The channel's and the person's runs, the unfinished ones first, the latest first."""
        theirs = (_RUNS.c.channel == channel) | (_RUNS.c.user_id == user_id)
        order = (_IS_UNFINISHED.desc(), _RUNS.c.asked_at.desc(), _RUNS.c.id)
        return self._read(select(_RUNS).where(theirs).order_by(*order).limit(limit))

    def count_unfinished(self, user_id: str, channel: str) -> tuple[int, int]:
        """How many runs of the person, and of the channel, are under way."""
        counts = select(
            func.count().filter(_RUNS.c.user_id == user_id), func.count().filter(_RUNS.c.channel == channel)
        ).where(_IS_UNFINISHED)
        with self._database.begin() as connection:
            row = connection.execute(counts).one()
            return int(row[0]), int(row[1])

    def count_by_state(self) -> dict[str, int]:
        """How many unfinished runs are in each state."""
        counts = select(_RUNS.c.state, func.count()).where(_IS_UNFINISHED).group_by(_RUNS.c.state)
        with self._database.begin() as connection:
            found = {state: int(count) for state, count in connection.execute(counts)}
        return {state.value: found.get(state.value, 0) for state in UNFINISHED}

    def forget(self, runs_before: datetime, lines_before: datetime) -> None:
        """Delete the runs that ended, and the audit lines that were written, before a time."""
        with self._database.begin() as connection:
            connection.execute(delete(_RUNS).where(_RUNS.c.ended_at < runs_before.timestamp()))
            connection.execute(delete(_COMMANDS).where(_COMMANDS.c.at < lines_before.timestamp()))

    def _take(self, connection: Connection, run_ids: Sequence[str], now: float) -> list[Run]:
        taken = (
            update(_RUNS)
            .where(_RUNS.c.id.in_(run_ids))
            .values(lease_owner=self._owner, lease_until=now + self._lease_s, epoch=_RUNS.c.epoch + 1)
            .returning(*_RUNS.c)
        )
        return sorted(map(_read_run, connection.execute(taken)), key=lambda run: run.asked.at)

    def _save(self, connection: Connection, run: Run) -> None:
        until = read_clock(connection) + self._lease_s
        still_ours = self._is_ours([run.id]) & (_RUNS.c.epoch == run.epoch) & _IS_UNFINISHED
        saved = update(_RUNS).where(still_ours).values({**_write_run(run), "lease_until": until})
        if not connection.execute(saved).rowcount:
            raise LeaseLostError(f"run {run.id} belongs to another process")

    def _is_ours(self, run_ids: Iterable[str]) -> ColumnElement[bool]:
        return _RUNS.c.id.in_(list(run_ids)) & (_RUNS.c.lease_owner == self._owner)

    def _read(self, wanted: Any) -> list[Run]:
        with self._database.begin() as connection:
            return [_read_run(row) for row in connection.execute(wanted)]


def _write_run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "state": run.state.value,
        "channel": run.asked.channel,
        "user_id": run.asked.user_id,
        "asked_at": run.asked.at.timestamp(),
        "ended_at": run.ended_at.timestamp() if run.ended_at else None,
        "epoch": run.epoch,
        "record": write_record(run),
    }


def _read_run(row: Row[Any]) -> Run:
    return read_record(row.record, epoch=row.epoch, cancelled_by=row.cancelled_by)


def _write_line(line: AuditLine) -> dict[str, Any]:
    return {
        "key": line.key,
        "at": line.at.timestamp(),
        "user_id": line.user_id,
        "channel": line.channel,
        "verb": line.verb,
        "line": _keepable(line.line),
        "outcome": _keepable(line.outcome),
        "run_id": line.run_id,
    }


def _keepable(text: str) -> str:
    """A text without what no database takes: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
