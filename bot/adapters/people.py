"""What Slack knows of people."""

from __future__ import annotations

import logging

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

_log = logging.getLogger(__name__)


class SlackPeople:
    """People's profiles."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def find_time_zone(self, user_id: str) -> str:
        """The IANA name of a person's time zone; `UTC` where Slack does not tell."""
        try:
            return str(self._client.users_info(user=user_id)["user"].get("tz") or "UTC")
        except (SlackClientError, OSError) as error:
            _log.warning("the time zone of %s is not told: %s", user_id, error)
            return "UTC"
