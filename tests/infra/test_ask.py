"""The terminal over the emulated AWS: logs in S3, the registry in S3, the stack's own outputs as settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.settings import load_settings
from tests.conftest import WriteLog, record

pytestmark = pytest.mark.ministack

DAY = date(2026, 11, 20)
LOGS, CIDRS = "amzn-s3-demo-logs", "amzn-s3-demo-cidrs"
PUBLISHED_LAMBDA_ROWS = "".join(f"10.1.0.0/29,10.1.0.{n}\n" for n in range(1, 7))


@pytest.fixture
def s3(aws: Any, write_log: WriteLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two buckets, one with a day of logs; everything that speaks to AWS is pointed at them."""
    client = aws("s3")
    root = write_log(
        DAY,
        [
            record("10.0.0.5", "10.1.0.7", 40000, 5432, 700, day=DAY),
            record("10.0.0.5", "10.1.0.8", 40000, 5432, 700, day=DAY),
        ],
    )
    for bucket in (LOGS, CIDRS):
        client.create_bucket(Bucket=bucket)
    for file in root.rglob("*.gz"):
        client.upload_file(str(file), LOGS, file.relative_to(root).as_posix())
    for name, value in {
        "AWS_ENDPOINT_URL": client.meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "VPCCIDR_DATA_DIR": str(tmp_path / "state"),
        "VPCCIDR_CIDR_BUCKET": f"s3://{CIDRS}/cidr",
    }.items():
        monkeypatch.setenv(name, value)
    yield client
    for bucket in (LOGS, CIDRS):
        for item in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            client.delete_object(Bucket=bucket, Key=item["Key"])
        client.delete_bucket(Bucket=bucket)


def ask(*line: str) -> int:
    return main(["ask", "--logs", f"s3://{LOGS}", "--now", "2026-11-20T18:00:00Z", "--json", *line])


def list_keys(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=CIDRS).get("Contents", [])]


def test_question_over_s3_is_answered_and_registers_its_block(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("peering", "10.1.0.0/29", "days=1") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verdict"]["code"], answer["totals"]["conversations"]) == ("in_use", 1)
    assert list_keys(s3) == ["cidr/10_1_0_0_29.csv"]


def test_removal_deletes_the_object(s3: Any) -> None:
    assert ask("add", "10.1.0.0/29") == 0
    assert ask("remove", "10.1.0.0/29") == 0
    assert list_keys(s3) == []


def test_hosts_only_list_of_the_published_lambda_never_hides_an_address(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """It leaves out the first and the last address, which real hosts use where a block is a slice of a subnet."""
    s3.put_object(Bucket=CIDRS, Key="cidr/10_1_0_0_29.csv", Body=PUBLISHED_LAMBDA_ROWS.encode())
    assert ask("peering", "10.1.0.0/29", "days=1") == 0
    assert json.loads(capsys.readouterr().out)["verdict"]["code"] == "in_use"


def test_stack_outputs_are_settings_that_the_bot_takes() -> None:
    """What `make settings` prints goes into the environment as it is."""
    printed = {
        "VPCCIDR_ENGINE": "athena",
        "VPCCIDR_LOGS": "s3://amzn-s3-demo-bucket/network/AWSLogs/",
        "VPCCIDR_ATHENA_DATABASE": "hivedb",
        "VPCCIDR_ATHENA_WORKGROUP": "hive",
        "VPCCIDR_ATHENA_OUTPUT": "s3://amzn-s3-demo-results/results/",
        "VPCCIDR_CIDR_BUCKET": "s3://amzn-s3-demo-cidrs/cidr/",
        "VPCCIDR_LOG_ACCOUNTS": "111122223333,444455556666",
        "VPCCIDR_LOG_REGIONS": "us-east-1,eu-west-1",
    }
    settings = load_settings(printed)
    assert settings.engine == "athena"
    assert settings.log_accounts == ("111122223333", "444455556666")
    assert settings.log_regions == ("us-east-1", "eu-west-1")
