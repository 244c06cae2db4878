"""How often a method may be called."""

import math
from collections import defaultdict, deque
from collections.abc import Callable

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.settings import LocalSlackSettings, RateLimit


class RateLimits:
    """Count the calls of each method; those of chat.postMessage for each channel apart."""

    def __init__(self, settings: LocalSlackSettings) -> None:
        self._limits = settings.rate_limits if settings.rate_limits_on else {}
        self._clock: Callable[[], float] = settings.clock
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def count(self, method: str, channel: str) -> None:
        """Count one call, or raise Slack's 429 with the seconds to wait."""
        limit = self._limits.get(method)
        if limit is None:
            return
        calls = self._calls[method, channel if method == "chat.postMessage" else ""]
        now = self._clock()
        self._forget(calls, limit, now)
        if len(calls) >= limit.calls:
            wait_s = max(1, math.ceil(calls[0] + limit.per_s - now))
            raise SlackRefusalError("ratelimited", status=429, retry_after_s=wait_s)
        calls.append(now)

    @staticmethod
    def _forget(calls: deque[float], limit: RateLimit, now: float) -> None:
        while calls and calls[0] <= now - limit.per_s:
            calls.popleft()
