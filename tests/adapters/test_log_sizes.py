"""Estimates are sums over listings: every file of the window, none beside it, none listed twice for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from bot.adapters.aws import build_s3_client, parse_place
from bot.adapters.log_sizes import FolderSizes, S3Sizes
from bot.domain.window import Window, build_window
from bot.errors import EngineError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "vpccidr-logs"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN = "org/AWSLogs/123456789012/vpcflowlogs/eu-central-1/2026/11/{day}/a.log.gz"
HOURLY = "org/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/{day}/07/a.log.gz"
HIVE = (
    "org/AWSLogs/aws-account-id=210987654321/aws-service=vpcflowlogs/aws-region=eu-central-1/year=2026/"
    "month=11/day={day}/a.log.gz"
)
OTHERS = (
    "org/AWSLogs/123456789012/CloudTrail/eu-central-1/2026/11/19/a.json.gz",
    "org/AWSLogs/123456789012/vpcflowlogs/notes.txt",
    "AWSLogs/123456789012/vpcflowlogs/eu-central-1/2026/11/19/a.log.gz",
)


@pytest.fixture
def s3() -> Iterator[S3Client]:
    with mock_aws():
        client = build_s3_client()
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        for weight, layout in ((1, PLAIN), (10, HOURLY), (100, HIVE)):
            for day in (17, 18, 19, 20):
                client.put_object(Bucket=BUCKET, Key=layout.format(day=day), Body=b"x" * weight)
        for key in OTHERS:
            client.put_object(Bucket=BUCKET, Key=key, Body=b"x" * 10_000)
        yield client
        client.close()


def window(first: int, last: int) -> Window:
    return build_window(date(2026, 11, first), date(2026, 11, last), NOW, 366)


@pytest.mark.parametrize(
    ("accounts", "regions", "a_day"),
    [
        ((), (), 111),
        (("123456789012",), (), 11),
        ((), ("eu-central-1",), 101),
        (("123456789012",), ("us-east-1",), 10),
        (("111111111111",), (), 0),
    ],
)
def test_both_layouts_and_only_what_is_asked_for(
    s3: S3Client, accounts: tuple[str, ...], regions: tuple[str, ...], a_day: int
) -> None:
    """Plain, hourly and Hive folders of the accounts and regions that the table declares."""
    sizes = S3Sizes(s3, parse_place(f"s3://{BUCKET}/org"), accounts, regions, lambda: NOW)
    assert sizes.sum_bytes(window(18, 19)) == 2 * a_day
    assert sizes.sum_bytes(window(19, 20)) == 2 * a_day


def test_a_prefix_may_name_awslogs_itself(s3: S3Client) -> None:
    sizes = S3Sizes(s3, parse_place(f"s3://{BUCKET}/org/AWSLogs/"), now=lambda: NOW)
    assert sizes.sum_bytes(window(19, 19)) == 111


def test_past_days_are_listed_once(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day before yesterday does not change any more; today and yesterday do."""
    listed: list[str] = []
    real = S3Sizes._list_objects
    monkeypatch.setattr(
        S3Sizes, "_list_objects", lambda self, prefix: listed.append(prefix) or real(self, prefix)
    )
    sizes = S3Sizes(s3, parse_place(f"s3://{BUCKET}/org"), now=lambda: NOW)
    assert sizes.sum_bytes(window(17, 20)) == 444
    assert len(listed) == 12
    listed.clear()
    s3.put_object(Bucket=BUCKET, Key=PLAIN.format(day=20) + "2", Body=b"x" * 5)
    assert sizes.sum_bytes(window(17, 20)) == 449
    assert sorted({prefix[-3:] for prefix in listed}) == ["19/", "20/"]


def test_more_files_than_a_page_holds(s3: S3Client) -> None:
    """S3 gives a thousand keys at a time."""
    for number in range(1001):
        s3.put_object(Bucket=BUCKET, Key=PLAIN.format(day=15) + str(number), Body=b"xx")
    sizes = S3Sizes(s3, parse_place(f"s3://{BUCKET}/org"), now=lambda: NOW)
    assert sizes.sum_bytes(window(15, 15)) == 2002


def test_a_listing_that_aws_refuses(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: S3Sizes, prefix: str) -> Iterator[tuple[str, int]]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectsV2")

    monkeypatch.setattr(S3Sizes, "_list_objects", refuse)
    sizes = S3Sizes(s3, parse_place(f"s3://{BUCKET}/org"), now=lambda: NOW)
    with pytest.raises(EngineError, match=r"list the flow logs at s3://vpccidr-logs/org/; .* s3:ListBucket"):
        sizes.sum_bytes(window(19, 19))


def test_a_folder(tmp_path: Path) -> None:
    """The embedded engine's own walk decides what it would read."""
    for day in (18, 19):
        path = tmp_path / PLAIN.format(day=day)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x" * day)
    assert FolderSizes(str(tmp_path)).sum_bytes(window(19, 20)) == 19
