"""Writes every address of a block to the bucket of cidrtable; the event is {"cidr": "10.1.0.0/16"}."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig

from bot.domain.cidr import expand, parse_block

_CONFIG = TransferConfig(multipart_threshold=8 * 2**20, multipart_chunksize=8 * 2**20, use_threads=False)


@dataclass
class Reader:
    """The pieces as a file: one part of the upload is in memory, and never more."""

    pieces: Iterator[bytes]
    ahead: bytearray = field(default_factory=bytearray)

    def read(self, size: int = 8 * 2**20) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        while len(self.ahead) < size and (piece := next(self.pieces, b"")):
            self.ahead += piece
        taken = bytes(self.ahead[:size])
        del self.ahead[:size]
        return taken


def lambda_handler(event: dict[str, str], _context: object) -> dict[str, object]:
    """Expand the event's block; where that cannot be done, the RequestError says why and what can.

    The object appears when it is whole: a multipart upload that fails is aborted.
    """
    block = parse_block(str(event.get("cidr", ""))).block
    bucket, key = os.environ["CIDR_BUCKET"], os.environ["CIDR_PREFIX"] + block.expansion_name
    s3: Any = boto3.client("s3")
    s3.upload_fileobj(Reader(expand(block)), bucket, key, Config=_CONFIG)
    return {"statusCode": 200, "body": json.dumps(f"{block} is at s3://{bucket}/{key}")}
