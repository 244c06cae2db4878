"""Watches: asked by themselves, once for every time, and told only where something changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.watch_store import SqlWatchStore
from bot.domain.watch import Watch
from tests.conftest import WriteLog, record
from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import texts

LINE = "peering 10.1.0.0/16 days=2"


@pytest.fixture
def watches(channel: Channel) -> SqlWatchStore:
    return SqlWatchStore(channel.bot.database)


def set_watch(channel: Channel, watches: SqlWatchStore, line: str = LINE, more: str = "") -> Watch:
    said = texts(channel.ask(f"watch {line} every day at 09:00{more}"))
    assert "every day at 09:00 (Etc/UTC)" in said
    (watch,) = watches.list_for(channel.slack.channel()["id"], "")
    return watch


def look(channel: Channel, watches: SqlWatchStore, watch: Watch) -> list[dict[str, Any]]:
    """Let the watch's time come, wait until its look is over, and return what was said."""
    before = len(channel.slack.messages())
    runs = len(list_done(channel))
    watches.advance(watch.id, datetime.now(UTC) - timedelta(days=3, hours=len(list_done(channel))))
    channel.bot.driver.nudge()
    wait_until(channel, lambda: len(list_done(channel)) > runs and not is_due(watches, watch))
    return channel.slack.messages()[before:]


def is_due(watches: SqlWatchStore, watch: Watch) -> bool:
    """Whether the watchman has yet to set the watch's next time, which it does once the look is submitted."""
    return any(each.next_at <= datetime.now(UTC) for each in watches.find(watch.id))


def list_done(channel: Channel) -> list[str]:
    runs = channel.bot.store.list_recent(channel.slack.channel()["id"], "", 100)
    return [run.id for run in runs if run.is_finished]


def wait_until(channel: Channel, predicate: Callable[[], object]) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE_S)
    while not predicate():
        assert datetime.now(UTC) < deadline
        channel.bot.engine.wait(0.05)


def test_first_look_is_told_then_only_what_changes(
    channel: Channel, watches: SqlWatchStore, write_log: WriteLog
) -> None:
    watch = set_watch(channel, watches)
    (first,) = look(channel, watches, watch)
    assert "In use" in texts(first)
    assert "from now on only what changes is told" in texts(first)
    assert look(channel, watches, watch) == []
    today = datetime.now(UTC).date()
    write_log(today, [record("10.0.0.77", "10.1.0.9", 41000, 443, 5, day=today)])
    (second,) = look(channel, watches, watch)
    assert "1 conversation not seen before: 10.0.0.77 to 10.1.0.9 on 443/TCP https." in texts(second)
    assert look(channel, watches, watch) == []


def test_missed_times_are_asked_once_and_the_next_one_is_in_the_future(
    channel: Channel, watches: SqlWatchStore
) -> None:
    watch = set_watch(channel, watches)
    look(channel, watches, watch)
    (watch,) = watches.find(watch.id)
    assert watch.next_at > datetime.now(UTC)
    assert len(list_done(channel)) == 1


def test_report_tells_every_look(channel: Channel, watches: SqlWatchStore) -> None:
    watch = set_watch(channel, watches, more=" report")
    (first,) = look(channel, watches, watch)
    assert "The first look of this watch: every look is told." in texts(first)
    (second,) = look(channel, watches, watch)
    assert "As the last time." in texts(second)


def test_failure_is_told_once(channel: Channel, watches: SqlWatchStore) -> None:
    """Silence is no sign of health, and neither is the same alarm every day."""
    watch = set_watch(channel, watches, "peering vpc-x")
    (failure,) = look(channel, watches, watch)
    assert "There is no network named vpc-x" in failure["text"]
    assert look(channel, watches, watch) == []


def test_paused_watch_rests_and_a_forgotten_one_is_gone(channel: Channel, watches: SqlWatchStore) -> None:
    watch = set_watch(channel, watches)
    paused = texts(channel.ask(f"pause {watch.id}"))
    assert f"<@{channel.slack.user_id()}>: the watch" in paused
    assert "rests until it is resumed" in paused
    watches.advance(watch.id, datetime.now(UTC) - timedelta(days=1))
    assert watches.find_due(datetime.now(UTC)) == []
    assert "paused" in texts(channel.whisper("watches"))
    assert "goes on" in texts(channel.ask(f"resume {watch.id}"))
    assert "only who set it, or an admin" in texts(channel.whisper(f"unwatch {watch.id}", user="ben"))
    assert "is forgotten" in texts(channel.ask(f"unwatch {watch.id[:4]}"))
    assert "Nothing is watched." in texts(channel.whisper("watches"))


def test_watch_until_silence_ends_by_itself(
    channel: Channel, watches: SqlWatchStore, write_log: WriteLog
) -> None:
    """What is heard keeps it going; when nothing was, it says so once and is gone."""
    lines = {"10.1.0.0/16": "In use", "10.9.0.0/16": "Silent: nothing was accepted for 1 day"}
    for block, said in lines.items():
        watch = set_watch(channel, watches, f"peering {block} days=2", " until silent for 1 day")
        (first,) = look(channel, watches, watch)
        assert said in texts(first)
        assert bool(watches.find(watch.id)) == (said == "In use")
        watches.remove(watch.id)


def test_silence_of_one_port_is_not_told_as_silence_of_all(channel: Channel, watches: SqlWatchStore) -> None:
    watch = set_watch(channel, watches, "peering 10.1.0.0/16 days=2 port=9999", " until silent for 1 day")
    (first,) = look(channel, watches, watch)
    assert "Only traffic on port 9999 was asked about. The watch ends." in texts(first)


def test_report_compares_what_it_looks_at(channel: Channel, watches: SqlWatchStore) -> None:
    """What is of the window before is none of a look's own news."""
    watch = set_watch(channel, watches, "peering 10.1.0.0/16 days=1 compare=previous", " report")
    (first,) = look(channel, watches, watch)
    assert "Changes against the window before" in texts(first)
    assert "New: none seen" in texts(first) or "No conversation was seen in one of the windows" in texts(
        first
    )
    (second,) = look(channel, watches, watch)
    assert "As the last time." in texts(second)
