"""What a line of the log looks like, as text or as JSON: without secrets, and with its run."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger import json

_TEXT_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_JSON_FIELDS = {
    "asctime": "time",
    "levelname": "level",
    "name": "logger",
    "message": "message",
    "exc_info": "exception",
    "stack_info": "stack",
}
_HIDDEN = "***"
_VALUE = r"[^&\s'\",<>]+"
_SECRETS = (
    # Slack's tokens, also those in two parts: xoxe.xoxp-…
    re.compile(r"()x(?:ox[a-z]|app|wfp)(?:\.xox[a-z])?-[\w-]+", re.IGNORECASE),
    # Whoever has a response_url or a web hook's address may post there.
    re.compile(r"(https://hooks\.slack(?:-gov)?\.com/)" + _VALUE, re.IGNORECASE),
    # A password may hold an @ itself, so it ends at the last one.
    re.compile(r"(postgres(?:ql)?(?:\+\w+)?://[^\s/@:]*:)\S+(?=@)", re.IGNORECASE),
    # Named values: signed URLs of AWS, its keys, Socket Mode's tickets, a URL's password.
    re.compile(
        r"(\b(?:X-Amz-(?:Signature|Security-Token|Credential)|(?:X-Slack-)?Signature|ticket|password"
        r"|aws_secret_access_key|SecretAccessKey|SessionToken)['\"]?(?:=|:\s*)['\"]?)" + _VALUE,
        re.IGNORECASE,
    ),
)


def redact(text: str) -> str:
    """The text with `***` for whatever looks like a secret."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{_HIDDEN}", text)
    return text


class TextFormatter(logging.Formatter):
    """One line, with the run at its end where there is one."""

    def __init__(self) -> None:
        super().__init__(_TEXT_FORMAT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line, without its exception."""
        run = getattr(record, "run", "")
        return super().formatMessage(record) + (f" run={run}" if run else "")

    def format(self, record: logging.LogRecord) -> str:
        """The line, with its exception, and without secrets."""
        return redact(super().format(record))


class JsonFormatter(json.JsonFormatter):
    """One object a line; fields of `extra=` stand beside the others, and an empty `run` is left out."""

    def __init__(self) -> None:
        fields = ["asctime", "levelname", "name", "message"]
        super().__init__(fields, rename_fields=_JSON_FIELDS)

    def formatTime(self, record: logging.LogRecord, _: str | None = None) -> str:  # noqa: N802 - the library's name
        """When it was logged, in UTC."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """The fields as JSON can say them."""
        if not log_data.get("run"):
            log_data.pop("run", None)
        return {str(name): _redact_value(value) for name, value in log_data.items()}


def _redact_value(value: Any) -> Any:
    """The value as JSON can say it, every text in it without its secrets."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {redact(str(name)): _redact_value(held) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact_value(held) for held in value]
    return redact(str(value))
