"""Turns are what keeps one person's ten questions from starving everybody else's one."""

from __future__ import annotations

import pytest

from bot.services.fair_queue import FairQueue


def _drain(queue: FairQueue[str]) -> list[str]:
    return [queue.pop() for _ in range(len(queue))]


def test_users_take_turns() -> None:
    """Ben's only question must not wait behind all of Ana's."""
    queue: FairQueue[str] = FairQueue()
    for item in ("a1", "a2", "a3"):
        queue.push("ana", item)
    queue.push("ben", "b1")
    assert _drain(queue) == ["a1", "b1", "a2", "a3"]


def test_one_who_was_served_waits_behind_one_who_was_not() -> None:
    """The turn must move on with each item, or a user who asks again and again stays first."""
    queue: FairQueue[str] = FairQueue()
    for user, item in (("ana", "a1"), ("ana", "a2"), ("ben", "b1"), ("eva", "e1")):
        queue.push(user, item)
    assert queue.pop() == "a1"
    queue.push("ana", "a3")
    assert _drain(queue) == ["b1", "e1", "a2", "a3"]


def test_an_item_that_could_not_be_served_is_next_again() -> None:
    """A throttled start must not cost a person their place."""
    queue: FairQueue[str] = FairQueue()
    for user, item in (("ana", "a1"), ("ana", "a2"), ("ben", "b1")):
        queue.push(user, item)
    queue.push_back("ana", queue.pop())
    assert _drain(queue) == ["a1", "b1", "a2"]


def test_a_removed_item_is_never_served() -> None:
    """A question cancelled in the queue must not reach the engine and cost money."""
    queue: FairQueue[str] = FairQueue()
    queue.push("ana", "a1")
    queue.push("ana", "a2")
    assert queue.remove("ana", "a1")
    assert not queue.remove("ana", "a1")
    assert not queue.remove("ben", "b1")
    assert _drain(queue) == ["a2"]


def test_nobody_waits() -> None:
    """An empty queue says so, and forgets the users it has served."""
    queue: FairQueue[str] = FairQueue()
    queue.push("ana", "a1")
    assert queue.remove("ana", "a1")
    assert len(queue) == 0
    with pytest.raises(IndexError):
        queue.pop()
