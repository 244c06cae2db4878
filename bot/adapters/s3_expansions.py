"""Expansions kept under a prefix of a bucket, one CSV a block: the files of the table `cidrtable`.

The published Lambda writes the same names in the same place, and the same `cidr,ip` lines, but of a block's
hosts only: the network address and the broadcast address are missing. Its files serve the published queries
and Athena as they are; `has` does not take them for whole, so that the first question about such a block, or
its registration, writes the object again with every address. Nothing else would be safe: a load balancer's
or a reserved address outside the list makes a false `unused`, and nobody would see why.

An upload that was cut off leaves nothing that Athena or `has` can see. Its parts are aborted here, and where
the process died before it could, by the bucket's rule for incomplete uploads.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypedDict

from bot.adapters.aws import AwsError, Place, explain, is_gone
from bot.domain.cidr import Block, count_expansion_bytes, expand, parse_block
from bot.errors import RequestError, StoreError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_log = logging.getLogger(__name__)
_PART_BYTES = 8 * 2**20
_NAME = re.compile(r"(\d{1,3})_(\d{1,3})_(\d{1,3})_(\d{1,3})_(\d{1,2})\.csv")


class _Where(TypedDict):
    Bucket: str
    Key: str


class S3Expansions:
    """The expansions at `place`. Memory holds one part of one upload, 8 MiB, whatever the block's size."""

    def __init__(self, s3: S3Client, place: Place) -> None:
        self._s3 = s3
        self._place = place

    def write(self, block: Block) -> None:
        """Write the block's expansion; it appears only when it is whole. Raises StoreError."""
        parts = gather_parts(expand(block), _PART_BYTES)
        try:
            if count_expansion_bytes(block) <= _PART_BYTES:
                self._s3.put_object(**self._object_of(block), Body=b"".join(parts), ContentType="text/csv")
            else:
                self._upload(block, parts)
        except AwsError as error:
            raise StoreError(explain(error, f"write the addresses of {block} to {self._place}")) from error

    def has(self, block: Block) -> bool:
        """Whether the block's expansion is there with every address. Raises StoreError."""
        try:
            head = self._s3.head_object(**self._object_of(block))
        except AwsError as error:
            if is_gone(error):
                return False
            raise StoreError(explain(error, f"look for the addresses of {block} in {self._place}")) from error
        return head["ContentLength"] == count_expansion_bytes(block)

    def remove(self, block: Block) -> None:
        """Remove the block's expansion; nothing happens where there is none. Raises StoreError."""
        try:
            self._s3.delete_object(**self._object_of(block))
        except AwsError as error:
            raise StoreError(explain(error, f"remove the addresses of {block} from {self._place}")) from error

    def find_blocks(self) -> list[Block]:
        """The blocks whose expansions are there, whoever wrote them, sorted. Raises StoreError."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._place.bucket, Prefix=self._place.prefix, Delimiter="/"
        )
        try:
            keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        except AwsError as error:
            raise StoreError(explain(error, f"list the registered blocks in {self._place}")) from error
        return sorted(filter(None, (_read_name(key.rpartition("/")[2]) for key in keys)))

    def _object_of(self, block: Block) -> _Where:
        return {"Bucket": self._place.bucket, "Key": self._place.prefix + block.expansion_name}

    def _upload(self, block: Block, parts: Iterable[bytes]) -> None:
        where = self._object_of(block)
        begun = self._s3.create_multipart_upload(**where, ContentType="text/csv")["UploadId"]
        try:
            done: list[CompletedPartTypeDef] = []
            for number, part in enumerate(parts, 1):
                sent = self._s3.upload_part(**where, UploadId=begun, PartNumber=number, Body=part)
                done.append({"ETag": sent["ETag"], "PartNumber": number})
            self._s3.complete_multipart_upload(**where, UploadId=begun, MultipartUpload={"Parts": done})
        except BaseException:
            self._abort(where, begun)
            raise

    def _abort(self, where: _Where, upload_id: str) -> None:
        try:
            self._s3.abort_multipart_upload(**where, UploadId=upload_id)
        except AwsError as error:
            _log.warning("parts of %s stay until the bucket's rule removes them: %s", where["Key"], error)


def gather_parts(pieces: Iterable[bytes], part_bytes: int) -> Iterator[bytes]:
    """The pieces joined into parts of `part_bytes` each; only the last may be shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= part_bytes:
            yield bytes(held[:part_bytes])
            del held[:part_bytes]
    if held:
        yield bytes(held)


def _read_name(name: str) -> Block | None:
    """The block that an object's name tells; None where it tells none."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        parsed = parse_block(f"{'.'.join(match.groups()[:4])}/{match[5]}", largest_prefix=1)
    except RequestError:
        return None
    return None if parsed.typed else parsed.block
