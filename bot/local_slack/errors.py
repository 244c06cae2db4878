"""What the local Slack raises.

LocalSlackError
  SlackTimeoutError     what was waited for did not come
  NothingThereError     no such message, button, view or file
SlackRefusalError       an answer of the Web API: never leaves the server
"""

from typing import Any


class LocalSlackError(Exception):
    """What a caller of `LocalSlack` did wrong or waited for in vain."""


class SlackTimeoutError(LocalSlackError, TimeoutError):
    """What was waited for did not come in time; the message tells what was there instead."""


class NothingThereError(LocalSlackError, LookupError):
    """The message, element, view or file does not exist; the message tells which do."""


class SlackRefusalError(Exception):
    """A Web API call that Slack refuses, with the name that Slack gives the reason."""

    def __init__(
        self, error: str, *, status: int = 200, retry_after_s: int | None = None, **details: Any
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.retry_after_s = retry_after_s
        self.details = details

    def body(self) -> dict[str, Any]:
        """Answer the JSON body that Slack sends with this refusal."""
        return {"ok": False, "error": self.error, **self.details}


def refuse_arguments(*messages: str) -> SlackRefusalError:
    """Answer the refusal of arguments that are missing or of the wrong form."""
    told = [f"[ERROR] {message}" for message in messages]
    return SlackRefusalError("invalid_arguments", response_metadata={"messages": told})
