"""The URLs at which the app may answer what a person did: a few times, for half an hour."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.identifiers import new_secret
from bot.local_slack.settings import LocalSlackSettings


@dataclass
class ResponseUrl:
    """Who may be answered with it, where, and which message it stands beside."""

    user_id: str
    channel_id: str
    message_ts: str | None
    expires_at: float
    uses_left: int


class ResponseUrls:
    """All response URLs given out, by their key."""

    def __init__(self, settings: LocalSlackSettings) -> None:
        self._ttl_s = settings.response_url_ttl_s
        self._uses = settings.response_url_uses
        self._clock: Callable[[], float] = settings.clock
        self._urls: dict[str, ResponseUrl] = {}

    def give(self, user_id: str, channel_id: str, message_ts: str | None = None) -> str:
        """Answer the key of a new response URL."""
        key = new_secret()
        expires_at = self._clock() + self._ttl_s
        self._urls[key] = ResponseUrl(user_id, channel_id, message_ts, expires_at, self._uses)
        return key

    def use(self, key: str) -> ResponseUrl:
        """Spend one use, or raise Slack's refusal."""
        url = self._urls.get(key)
        if url is None:
            raise SlackRefusalError("no_service", status=HTTPStatus.NOT_FOUND)
        if self._clock() > url.expires_at:
            raise SlackRefusalError("expired_url", status=HTTPStatus.NOT_FOUND)
        if url.uses_left == 0:
            raise SlackRefusalError("used_url", status=HTTPStatus.NOT_FOUND)
        url.uses_left -= 1
        return url
