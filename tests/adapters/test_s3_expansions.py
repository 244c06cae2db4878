"""The registry's files in S3: whole or not there, whatever goes wrong in between."""

from __future__ import annotations

import ipaddress
import tracemalloc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from bot.adapters import s3_expansions
from bot.adapters.aws import build_s3_client, parse_place
from bot.adapters.s3_expansions import S3Expansions, gather_parts
from bot.domain.cidr import Block, expand, parse_block
from bot.errors import EngineError, StoreError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "vpccidr-blocks"


@pytest.fixture
def s3() -> Iterator[S3Client]:
    with mock_aws():
        client = build_s3_client()
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client
        client.close()


@pytest.fixture
def expansions(s3: S3Client) -> S3Expansions:
    return S3Expansions(s3, parse_place(f"s3://{BUCKET}/cidr"))


def block(text: str) -> Block:
    return parse_block(text).block


def read(s3: S3Client, name: str) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=f"cidr/{name}")["Body"].read()


@pytest.mark.parametrize("text", ["10.1.0.0/24", "10.1.0.7/32", "0.0.0.0/31"])
def test_a_small_block_is_one_object(s3: S3Client, expansions: S3Expansions, text: str) -> None:
    """The object is the table's file: byte for byte what `vpccidr expand` prints."""
    assert not expansions.has(block(text))
    expansions.write(block(text))
    assert expansions.has(block(text))
    assert read(s3, block(text).expansion_name) == b"".join(expand(block(text)))


def test_a_large_block_is_uploaded_in_parts(s3: S3Client, expansions: S3Expansions) -> None:
    """A /12 is 24 MB: three parts, and the same bytes."""
    expansions.write(block("10.0.0.0/12"))
    assert expansions.has(block("10.0.0.0/12"))
    assert read(s3, "10_0_0_0_12.csv") == b"".join(expand(block("10.0.0.0/12")))
    assert s3.head_object(Bucket=BUCKET, Key="cidr/10_0_0_0_12.csv")["ETag"].strip('"').endswith("-4")


def test_parts_are_gathered_in_constant_memory() -> None:
    """A /9 is 200 MB of text; what is held at once is a part or two."""
    tracemalloc.start()
    try:
        count = sum(1 for _ in gather_parts(expand(block("10.0.0.0/9")), 2**20))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 100
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [([], []), ([3], [3]), ([4], [4]), ([5], [4, 1]), ([3, 3, 3], [4, 4, 1]), ([9], [4, 4, 1])],
)
def test_only_the_last_part_is_short(sizes: list[int], parts: list[int]) -> None:
    """S3 refuses a short part anywhere but at the end."""
    pieces = [b"x" * size for size in sizes]
    assert [len(part) for part in gather_parts(pieces, 4)] == parts


@pytest.mark.parametrize("broken", ["upload_part", "complete_multipart_upload"])
def test_a_failed_upload_leaves_nothing(
    s3: S3Client, expansions: S3Expansions, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Half a block in the table would make a false `unused`; parts that stay cost money unseen."""
    monkeypatch.setattr(s3_expansions, "_PART_BYTES", 5 * 2**20)
    monkeypatch.setattr(s3, broken, _refuse("AccessDenied", broken))
    with pytest.raises(StoreError, match=r"does not let the bot write the addresses of 10.0.0.0/12"):
        expansions.write(block("10.0.0.0/12"))
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_an_interrupted_upload_leaves_nothing(
    s3: S3Client, expansions: S3Expansions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is no Exception, and leaves nothing either."""

    def interrupt(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(s3, "complete_multipart_upload", interrupt)
    with pytest.raises(KeyboardInterrupt):
        expansions.write(block("10.0.0.0/12"))
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_the_published_lambdas_file_is_not_taken_for_whole(s3: S3Client, expansions: S3Expansions) -> None:
    """It lacks two addresses of the block, which a question must not miss; writing replaces it in place."""
    hosts = ipaddress.ip_network("10.1.0.0/24").hosts()
    body = "".join(f"10.1.0.0/24,{host}\n" for host in hosts)
    s3.put_object(Bucket=BUCKET, Key="cidr/10_1_0_0_24.csv", Body=body.encode())
    assert expansions.find_blocks() == [block("10.1.0.0/24")]
    assert not expansions.has(block("10.1.0.0/24"))
    expansions.write(block("10.1.0.0/24"))
    assert expansions.has(block("10.1.0.0/24"))
    written = read(s3, "10_1_0_0_24.csv")
    assert set(body.encode().splitlines()) < set(written.splitlines())


def test_blocks_are_found_by_their_names(s3: S3Client, expansions: S3Expansions) -> None:
    """What is no expansion in the prefix is nobody's block, and neither is what lies deeper or beside it."""
    for name in ("10_1_0_0_16.csv", "10_0_0_0_8.csv", "notes.csv", "10_1_0_1_16.csv", "300_1_0_0_16.csv"):
        s3.put_object(Bucket=BUCKET, Key=f"cidr/{name}", Body=b"")
    for key in ("cidr/old/10_3_0_0_16.csv", "10_4_0_0_16.csv"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    assert expansions.find_blocks() == [block("10.0.0.0/8"), block("10.1.0.0/16")]


def test_removing_twice_is_removing_once(s3: S3Client, expansions: S3Expansions) -> None:
    """The addresses leave the table with their block."""
    expansions.write(block("10.1.0.0/24"))
    expansions.remove(block("10.1.0.0/24"))
    expansions.remove(block("10.1.0.0/24"))
    assert not expansions.has(block("10.1.0.0/24"))
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_missing_bucket_is_named(s3: S3Client) -> None:
    """The operator must read what is missing, and no traceback."""
    lost = S3Expansions(s3, parse_place("s3://vpccidr-lost/cidr"))
    with pytest.raises(StoreError, match=r"A bucket is missing.*s3://vpccidr-lost/cidr/.*vpccidr doctor"):
        lost.write(block("10.1.0.0/24"))


def test_a_refused_look_is_not_an_absence(
    s3: S3Client, expansions: S3Expansions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403 must not be taken for 404: the block would be written again at every question."""
    monkeypatch.setattr(s3, "head_object", _refuse("403", "HeadObject"))
    with pytest.raises(StoreError, match=r"does not let the bot look for .*s3:GetObject and s3:ListBucket"):
        expansions.has(block("10.1.0.0/24"))


@pytest.mark.parametrize("url", ["", "bucket/prefix", "s3://", "https://bucket/prefix"])
def test_no_place(url: str) -> None:
    with pytest.raises(EngineError, match="write s3://bucket/prefix"):
        parse_place(url)


def _refuse(code: str, operation: str) -> Any:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "Access Denied"}}, operation)

    return refuse
