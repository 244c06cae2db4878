"""Failures that a test orders for coming calls."""

from collections import defaultdict, deque
from dataclasses import dataclass
from http import HTTPStatus

from bot.local_slack.errors import SlackRefusalError

CONNECTION_LOST = "connection_lost"
ANSWER_LOST = "answer_lost"


@dataclass(frozen=True)
class Fault:
    """What happens to one call: an error's name, or the number of an HTTP status."""

    error: str | int
    retry_after_s: int

    def refusal(self) -> SlackRefusalError:
        """Answer the refusal that the caller gets."""
        if isinstance(self.error, int):
            name = HTTPStatus(self.error).phrase.lower().replace(" ", "_")
            return SlackRefusalError(name, status=self.error, retry_after_s=self._wait(self.error))
        status = HTTPStatus.TOO_MANY_REQUESTS if self.error == "ratelimited" else HTTPStatus.OK
        return SlackRefusalError(self.error, status=status, retry_after_s=self._wait(status))

    def _wait(self, status: int) -> int | None:
        return self.retry_after_s if status == HTTPStatus.TOO_MANY_REQUESTS else None


class Faults:
    """The failures still to come, for each method in their order."""

    def __init__(self) -> None:
        self._coming: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int) -> None:
        """Let the next `times` calls of this method fail."""
        self._coming[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Answer what happens to the call that is made now."""
        coming = self._coming[method]
        return coming.popleft() if coming else None
