"""What happened, told live: to the open pages, and to whoever waits for a change."""

import asyncio
import threading
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Viewer:
    """One open page, seen as one user."""

    user_id: str
    events: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue)


class Feed:
    """Hand each event to the pages that may see it, and count changes.

    `publish` and the viewers belong to the server's event loop; `changes` and `wait_past` to any thread.
    """

    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._changed = threading.Condition()
        self._changes = 0

    def join(self, user_id: str) -> Viewer:
        """Begin to collect the events that this user may see."""
        viewer = Viewer(user_id)
        self._viewers.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Collect no more for this viewer."""
        self._viewers.discard(viewer)

    def publish(self, event: dict[str, Any], only_to: str | None = None) -> None:
        """Tell an event to every page, or only to those of the user `only_to`."""
        for viewer in self._viewers:
            if only_to in (None, viewer.user_id):
                viewer.events.put_nowait(event)
        self.touch()

    def close(self) -> None:
        """Tell every page that no more will come."""
        for viewer in self._viewers:
            viewer.events.put_nowait(None)

    def touch(self) -> None:
        """Count a change that no page needs to hear of."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    @property
    def changes(self) -> int:
        """How many changes there were so far."""
        with self._changed:
            return self._changes

    def wait_past(self, count: int, deadline: float) -> bool:
        """Wait until there were more than `count` changes; False when the monotonic `deadline` came first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._changes > count, deadline - time.monotonic())
