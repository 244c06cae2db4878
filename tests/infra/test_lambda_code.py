"""The Lambda's code as it stands in the template, run here: it must write what the bot writes."""

from __future__ import annotations

import json
import re
import sys
import types
from pathlib import Path
from typing import Any, BinaryIO

import boto3
import pytest

from bot.domain import cidr
from bot.domain.cidr import expand, parse_block
from infra.lambda_code import build_lambda_code, take_definitions

PART_BYTES = 8 * 2**20


class StubS3:
    """Takes an upload part by part as boto3 does, and keeps it."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.parts: list[int] = []

    def upload_fileobj(self, file: BinaryIO, bucket: str, key: str, **_options: Any) -> None:
        body = b""
        while part := file.read(PART_BYTES):
            self.parts.append(len(part))
            body += part
        self.objects[bucket, key] = body


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> StubS3:
    stub = StubS3()
    monkeypatch.setattr(boto3, "client", lambda _service: stub)
    monkeypatch.setenv("CIDR_BUCKET", "amzn-s3-demo-bucket")
    monkeypatch.setenv("CIDR_PREFIX", "cidr/")
    return stub


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The code as Lambda loads it: a module named index, without the bot."""
    module = types.ModuleType("index")
    monkeypatch.setitem(sys.modules, "index", module)
    exec(compile(build_lambda_code(), "index.py", "exec"), module.__dict__)  # noqa: S102 - it is our own
    return module


def test_nothing_of_the_bot_is_imported() -> None:
    assert re.findall(r"^(?:from|import) bot\b", build_lambda_code(), re.MULTILINE) == []


BLOCKS = """
    192.0.2.7  192.0.2.7/32  192.0.2.6/31  198.51.100.128/25  203.0.113.0/24  10.1.254.0/23  10.1.0.0/16
    10.1.2.3/16  0.0.0.0/16  255.255.0.0/16  255.255.255.255/32  10.1.0.0/255.255.0.0
""".split()


@pytest.mark.parametrize("text", BLOCKS)
def test_writes_what_the_bot_writes(function: Any, s3: StubS3, text: str) -> None:
    block = parse_block(text).block
    answer = function.lambda_handler({"cidr": text}, None)
    key = f"cidr/{block.expansion_name}"
    assert s3.objects == {("amzn-s3-demo-bucket", key): b"".join(expand(block))}
    assert answer == {"statusCode": 200, "body": json.dumps(f"{block} is at s3://amzn-s3-demo-bucket/{key}")}


def test_large_block_is_never_whole_in_memory(function: Any, s3: StubS3) -> None:
    """All but the last part have the size that was asked for, whatever the pieces' own sizes."""
    function.lambda_handler({"cidr": "10.0.0.0/12"}, None)
    assert s3.parts[:-1] == [PART_BYTES] * (len(s3.parts) - 1)
    assert len(s3.parts) > 2


def test_reader_keeps_no_more_than_one_piece_ahead(function: Any) -> None:
    pieces = (bytes([number]) * 10 for number in range(100))
    reader = function.Reader(pieces)
    assert reader.read(25) == b"\0" * 10 + b"\1" * 10 + b"\2" * 5
    assert len(reader.ahead) == 5
    assert len(reader.read()) == 975
    assert reader.read() == b""


REFUSED = ["0.0.0.0/0", "10.0.0.0/7", "2001:db8::/32", "10.256.0.0/16", "", "10.1.0.0/33"]


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_what_the_bot_refuses_in_the_same_words(function: Any, s3: StubS3, text: str) -> None:
    with pytest.raises(function.RequestError) as refused:
        function.lambda_handler({"cidr": text}, None)
    with pytest.raises(Exception, match=r".") as bots:
        parse_block(text)
    assert str(refused.value) == str(bots.value)
    assert s3.objects == {}


@pytest.mark.usefixtures("s3")
def test_event_without_a_block(function: Any) -> None:
    with pytest.raises(function.RequestError, match="is not a CIDR block"):
        function.lambda_handler({}, None)


def test_what_is_taken_is_the_bots_own_text() -> None:
    """Each line taken stands in the bot's module as it is."""
    source = Path(cidr.__file__).read_text().splitlines()
    taken = take_definitions(cidr, ("Block", "expand", "parse_block"))
    assert [line for line in taken.splitlines() if line and line not in source] == []


def test_name_that_the_bot_no_longer_has() -> None:
    with pytest.raises(ValueError, match=r"bot\.domain\.cidr no longer has all of expand, nothing"):
        take_definitions(cidr, ("expand", "nothing"))
