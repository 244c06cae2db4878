"""A queue that serves people in turn: whoever asked ten things waits behind whoever asked one."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Items by the user who asked for them. Users take turns; each one's own items keep their order.

    Not safe for several threads: whoever holds it locks.
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def push(self, user: str, item: Item) -> None:
        """Add an item behind the user's others; a user who had none waits behind all who have."""
        self._waiting.setdefault(user, deque()).append(item)

    def push_back(self, user: str, item: Item) -> None:
        """Return an item that was taken and could not be served: it is the next one again."""
        self._waiting.setdefault(user, deque()).appendleft(item)
        self._waiting.move_to_end(user, last=False)

    def pop(self) -> Item:
        """Take the next item; its user's turn comes again after all the others'. Raises IndexError."""
        if not self._waiting:
            raise IndexError("nobody waits")
        user, items = self._waiting.popitem(last=False)
        item = items.popleft()
        if items:
            self._waiting[user] = items
        return item

    def remove(self, user: str, item: Item) -> bool:
        """Take an item out of its turn; False where it does not wait."""
        items = self._waiting.get(user, deque())
        if item not in items:
            return False
        items.remove(item)
        if not items:
            del self._waiting[user]
        return True
