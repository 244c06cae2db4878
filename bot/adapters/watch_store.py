"""The watches, in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from cattrs.preconf.json import make_converter
from sqlalchemy import Boolean, Column, Double, MetaData, String, Table, Text, delete, select, update

from bot.adapters.database import Database
from bot.domain.watch import Memory, Watch

_WATCHES = Table(
    "watches",
    MetaData(),
    Column("id", String(16), primary_key=True),
    Column("user_id", String(32)),
    Column("channel", String(32)),
    Column("next_at", Double),
    Column("is_paused", Boolean),
    Column("record", Text),
)
_CONVERTER = make_converter()


class SqlWatchStore:
    """The watches. Several processes may share them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, watch: Watch) -> None:
        """Keep a new watch."""
        with self._database.begin() as connection:
            connection.execute(_WATCHES.insert().values(_write(watch)))

    def find(self, prefix: str) -> list[Watch]:
        """The watches whose ids begin so, at most two of them."""
        return self._read(select(_WATCHES).where(_WATCHES.c.id.startswith(prefix, autoescape=True)).limit(2))

    def list_for(self, channel: str, user_id: str) -> list[Watch]:
        """The channel's and the person's watches."""
        theirs = (_WATCHES.c.channel == channel) | (_WATCHES.c.user_id == user_id)
        return self._read(select(_WATCHES).where(theirs).order_by(_WATCHES.c.next_at))

    def find_due(self, now: datetime) -> list[Watch]:
        """The watches whose time has come."""
        due = (_WATCHES.c.next_at <= now.timestamp()) & ~_WATCHES.c.is_paused
        return self._read(select(_WATCHES).where(due).order_by(_WATCHES.c.next_at))

    def advance(self, watch_id: str, next_at: datetime) -> None:
        """Set when a watch looks next."""
        self._change(watch_id, next_at=next_at)

    def pause(self, watch_id: str, next_at: datetime, *, is_paused: bool) -> None:
        """Let a watch rest, or go on at a time."""
        self._change(watch_id, next_at=next_at, is_paused=is_paused)

    def remember(self, watch_id: str, memory: Memory) -> None:
        """Keep what a watch found."""
        self._change(watch_id, memory=memory)

    def remove(self, watch_id: str) -> None:
        """Forget a watch."""
        with self._database.begin() as connection:
            connection.execute(delete(_WATCHES).where(_WATCHES.c.id == watch_id))

    def _change(self, watch_id: str, **changes: Any) -> None:
        with self._database.begin() as connection:
            kept = select(_WATCHES.c.record).where(_WATCHES.c.id == watch_id).with_for_update()
            record = connection.execute(kept).scalar()
            if record is not None:
                watch = replace(_CONVERTER.loads(record, Watch), **changes)
                connection.execute(update(_WATCHES).where(_WATCHES.c.id == watch_id).values(_write(watch)))

    def _read(self, wanted: Any) -> list[Watch]:
        with self._database.begin() as connection:
            return [_CONVERTER.loads(row.record, Watch) for row in connection.execute(wanted)]


def _write(watch: Watch) -> dict[str, Any]:
    return {
        "id": watch.id,
        "user_id": watch.user_id,
        "channel": watch.channel,
        "next_at": watch.next_at.timestamp(),
        "is_paused": watch.is_paused,
        "record": _CONVERTER.dumps(watch),
    }
