"""Calls to AWS as they come over HTTP, and the answers to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

_STATUS = {
    "AccessDenied": 403,
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "NoSuchUpload": 404,
    "InternalError": 500,
    "InternalServerException": 500,
    "SlowDown": 503,
    "ServiceUnavailable": 503,
}


@dataclass(frozen=True)
class Call:
    """One call: for Athena its `arguments`, for S3 the bucket, the key, the query and the body."""

    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    bucket: str = ""
    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_s3(self) -> bool:
        """Whether S3 is called, which speaks XML."""
        return bool(self.bucket)


@dataclass(frozen=True)
class Answer:
    """What is answered: a body, or a file that is streamed."""

    body: bytes = b""
    content_type: str = "application/xml"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


class AwsRefusalError(Exception):
    """A call that AWS refuses: the code, its sentence, and further fields such as `Reason`."""

    def __init__(self, code: str, message: str = "", status: int | None = None, **more: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or f"{code}, as ordered"
        self.status = status or _STATUS.get(code, 400)
        self.more = more

    def answer(self, call: Call) -> Answer:
        """The answer that boto3 turns into a ClientError with this code."""
        if call.is_s3:
            body = write_xml("Error", {"Code": self.code, "Message": self.message, **self.more})
            return Answer(body, status=self.status)
        return write_json({"__type": self.code, "Message": self.message, **self.more}, self.status)


def write_json(values: Mapping[str, Any], status: int = 200) -> Answer:
    """An answer of Athena's."""
    return Answer(json.dumps(values).encode(), "application/x-amz-json-1.1", status)


def write_xml(name: str, values: Mapping[str, Any]) -> bytes:
    """A document of S3's: a value is a text, a mapping of them, or a list of either."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{_write_element(name, values)}'.encode()


def _write_element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_write_element(name, each) for each in value)
    if isinstance(value, Mapping):
        inside = "".join(_write_element(*item) for item in value.items())
    else:
        inside = escape(str(value))
    return f"<{name}>{inside}</{name}>"


def decode_chunks(body: bytes) -> bytes:
    """The content of a body in S3's own chunks (`aws-chunked`): each led by its size, the last one empty."""
    content, rest = bytearray(), body
    while rest:
        head, _, rest = rest.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if not size:
            break
        content += rest[:size]
        rest = rest[size + len(b"\r\n") :]
    return bytes(content)
