"""What a test does at a moment of a coming call."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Literal

Moment = Literal["before", "after"]
Action = Callable[[], object]


class Hooks:
    """The actions still to come, for each method and moment in their order."""

    def __init__(self) -> None:
        self._coming: dict[tuple[str, Moment], deque[Action]] = defaultdict(deque)

    def add(self, method: str, when: Moment, action: Action) -> None:
        """Do this once, at the next call of this method."""
        self._coming[method, when].append(action)

    def take(self, method: str, when: Moment) -> Action | None:
        """Answer what is to be done at this moment of the call that is made now."""
        coming = self._coming[method, when]
        return coming.popleft() if coming else None
