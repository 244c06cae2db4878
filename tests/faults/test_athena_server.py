"""The stand-in for Athena and S3 is one to boto3 and to the bot, whatever a test orders it to do wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from bot.adapters.aws import parse_place
from bot.adapters.log_sizes import S3Sizes
from bot.adapters.s3_expansions import S3Expansions
from bot.domain.cidr import parse_block
from bot.domain.window import build_window_of_days
from bot.local_slack import LocalSlack, LocalSlackSettings
from tests.faults.athena_server import CIDRS, HOST, LOGS, RESULTS, WORK_GROUP, AthenaServer
from tests.faults.bot_process import PATIENCE_S, BotProcess
from tests.faults.tcp_proxy import TcpProxy

TOKEN = "t" * 32
TODAY = datetime.now(UTC)
STATEMENT = f"""
SELECT day, COUNT(*) AS "records", SUM(bytes) AS bytes, MAX(CASE WHEN bytes < 0 THEN 'x' END) AS none
FROM vpcflowlogstable
WHERE day BETWEEN '{TODAY:%Y/%m/%d}' AND '{TODAY:%Y/%m/%d}' AND srcaddr IN (SELECT ip FROM cidrtable)
GROUP BY day
"""  # noqa: S608 - only a date of our own


@pytest.fixture
def server(logs: Path, tmp_path: Path) -> Iterator[AthenaServer]:
    with AthenaServer(tmp_path / "aws", logs) as server:
        yield server


def build_client(url: str, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def athena(server: AthenaServer) -> Iterator[Any]:
    with closing(build_client(server.url, "athena")) as client:
        yield client


@pytest.fixture
def s3(server: AthenaServer) -> Iterator[Any]:
    with closing(build_client(server.url, "s3")) as client:
        yield client


def start(athena: Any, statement: str = STATEMENT, token: str = TOKEN) -> str:
    started = athena.start_query_execution(
        QueryString=statement, ClientRequestToken=token, WorkGroup=WORK_GROUP
    )
    return str(started["QueryExecutionId"])


def await_end(server: AthenaServer, id_: str) -> str:
    return server.wait_for(
        lambda server: (state := server.state_of(id_)) not in {"QUEUED", "RUNNING"} and state
    )


# Executions


def test_a_statement_is_run_and_its_result_is_athenas(server: AthenaServer, athena: Any, s3: Any) -> None:
    s3.put_object(Bucket=CIDRS, Key="cidrs/10_1_0_0_16.csv", Body=b"10.1.0.0/16,10.1.0.9\n")
    id_ = start(athena)
    assert await_end(server, id_) == "SUCCEEDED"
    report = athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
    assert report["Statistics"]["DataScannedInBytes"] > 0
    place = parse_place(report["ResultConfiguration"]["OutputLocation"])
    body = s3.get_object(Bucket=place.bucket, Key=place.prefix.rstrip("/"))["Body"].read()
    assert body.decode() == f'"day","records","bytes","none"\n"{TODAY:%Y/%m/%d}","1","9000",\n'


def test_the_same_token_is_one_execution(server: AthenaServer, athena: Any) -> None:
    assert start(athena) == start(athena)
    assert len(server.started) == 1
    assert server.calls["StartQueryExecution"] == 2


def test_the_same_token_with_other_parameters_is_refused(server: AthenaServer, athena: Any) -> None:
    start(athena)
    with pytest.raises(ClientError, match=r"InvalidRequestException.*Idempotent parameters do not match"):
        start(athena, f"{STATEMENT} LIMIT 1")
    assert start(athena, f"{STATEMENT} LIMIT 1", TOKEN.upper()) == server.started[1]


def test_a_bad_statement_fails_with_a_reason(server: AthenaServer, athena: Any) -> None:
    id_ = start(athena, STATEMENT.replace("SUM(bytes)", "SUM(octets)"))
    assert await_end(server, id_) == "FAILED"
    status = athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]["Status"]
    assert "octets" in status["StateChangeReason"]
    assert status["AthenaError"]["ErrorCategory"] == 2


def test_held_executions_run_until_they_are_released_or_stopped(server: AthenaServer, athena: Any) -> None:
    server.hold()
    first, second = start(athena), start(athena, token=TOKEN.upper())
    server.wait_for(lambda server: {server.state_of(first), server.state_of(second)} == {"RUNNING"})
    athena.stop_query_execution(QueryExecutionId=first)
    assert (server.state_of(first), server.state_of(second)) == ("CANCELLED", "RUNNING")
    server.release()
    assert await_end(server, second) == "SUCCEEDED"
    assert (server.state_of(first), server.stopped) == ("CANCELLED", [first])


def test_an_ordered_failure_of_an_execution(server: AthenaServer, athena: Any) -> None:
    server.fail_next_execution("Query exhausted resources at this scale factor")
    first = start(athena)
    assert await_end(server, first) == "FAILED"
    second = start(athena, token=TOKEN.upper())
    assert await_end(server, second) == "SUCCEEDED"
    looked = athena.batch_get_query_execution(QueryExecutionIds=[first, second, "none"])
    assert [one["Status"]["State"] for one in looked["QueryExecutions"]] == ["FAILED", "SUCCEEDED"]
    assert [one["QueryExecutionId"] for one in looked["UnprocessedQueryExecutionIds"]] == ["none"]


def test_ordered_refusals_come_once_each_and_do_nothing(server: AthenaServer, athena: Any, s3: Any) -> None:
    server.fail_next(
        "StartQueryExecution", "TooManyRequestsException", Reason="CONCURRENT_QUERY_LIMIT_EXCEEDED"
    )
    server.fail_next("PutObject", "SlowDown")
    with pytest.raises(ClientError) as refused:
        start(athena)
    assert refused.value.response["Reason"] == "CONCURRENT_QUERY_LIMIT_EXCEEDED"
    assert server.started == []
    with pytest.raises(ClientError, match="SlowDown"):
        s3.put_object(Bucket=RESULTS, Key="a", Body=b"x")
    assert server.keys(RESULTS) == []
    assert start(athena) == server.started[0]
    s3.put_object(Bucket=RESULTS, Key="a", Body=b"x")
    assert server.keys(RESULTS)[-1] == "a"


@pytest.mark.parametrize(("when", "started"), [("before", 0), ("after", 1)])
def test_an_action_at_a_moment_of_a_call(server: AthenaServer, athena: Any, when: Any, started: int) -> None:
    seen: list[int] = []
    server.on_call("StartQueryExecution", when, lambda: seen.append(len(server.started)))
    if when == "before":
        with pytest.raises(ConnectionClosedError):
            start(athena)
    else:
        start(athena)
    assert seen == [len(server.started)] == [started]


# Objects


def test_objects_in_parts_and_in_ranges(server: AthenaServer, s3: Any) -> None:
    """What the bot writes in parts is whole, and what was aborted is nowhere."""
    where = {"Bucket": CIDRS, "Key": "cidrs/a.csv"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    parts = [
        {
            "ETag": s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)["ETag"],
            "PartNumber": number,
        }
        for number, body in ((2, b"two"), (1, b"one"))
    ]
    assert server.keys() == []
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts[::-1]})
    assert s3.get_object(**where)["Body"].read() == b"onetwo"
    assert s3.get_object(**where, Range="bytes=2-3")["Body"].read() == b"et"
    lost = s3.create_multipart_upload(Bucket=CIDRS, Key="b.csv")["UploadId"]
    s3.abort_multipart_upload(Bucket=CIDRS, Key="b.csv", UploadId=lost)
    assert server.keys() == ["cidrs/a.csv"]
    s3.delete_objects(Bucket=CIDRS, Delete={"Objects": [{"Key": "cidrs/a.csv"}]})
    with pytest.raises(ClientError, match="404"):
        s3.head_object(**where)
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(**where)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_object(Bucket="other-bucket", Key="a")


def test_a_listing_comes_in_pages(s3: Any) -> None:
    for key in ("a/1", "a/2", "a/b/1", "b/1"):
        s3.put_object(Bucket=CIDRS, Key=key, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=CIDRS, Prefix="a/", Delimiter="/", PaginationConfig={"PageSize": 2}
    )
    listed = [[found["Key"] for found in page.get("Contents", [])] for page in pages]
    folders = [found["Prefix"] for page in pages for found in page.get("CommonPrefixes", [])]
    assert (listed, folders) == ([["a/1", "a/2"], []], ["a/b/"])


def test_the_bots_own_adapters_are_served(server: AthenaServer, s3: Any, logs: Path) -> None:
    small, large = parse_block("10.1.0.0/24").block, parse_block("10.0.0.0/13").block
    expansions = S3Expansions(s3, parse_place(f"s3://{CIDRS}/cidrs"))
    for block in (large, small):
        assert not expansions.has(block)
        expansions.write(block)
        assert expansions.has(block)
    assert server.calls["UploadPart"] > 1
    assert expansions.find_blocks() == sorted([small, large])
    expansions.remove(large)
    assert expansions.find_blocks() == [small]
    window = build_window_of_days(2, TODAY, 10)
    size = sum(path.stat().st_size for path in logs.rglob("*.gz"))
    assert S3Sizes(s3, parse_place(f"s3://{LOGS}")).sum_bytes(window) == size


def test_a_cloud_that_is_cut_off_and_comes_back(server: AthenaServer) -> None:
    with TcpProxy(HOST, int(server.url.rpartition(":")[2])) as proxy:
        url = server.environ_at(f"http://{HOST}:{proxy.port}")["AWS_ENDPOINT_URL_ATHENA"]
        with closing(build_client(url, "athena")) as athena:
            assert start(athena) == server.started[0]
            proxy.cut()
            with pytest.raises(EndpointConnectionError):
                start(athena)
            proxy.mend()
            assert start(athena) == server.started[0]


# The bot


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        yield slack


@pytest.fixture
def bot(server: AthenaServer, slack: LocalSlack, tmp_path: Path) -> Iterator[BotProcess]:
    tokens = {
        "SLACK_API_URL": slack.web_api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "VPCCIDR_DATA_DIR": str(tmp_path / "state"),
    }
    with BotProcess(server.environ | server.settings_environ | tokens, log_file=tmp_path / "bot.log") as bot:
        bot.start()
        slack.wait_connected(timeout_s=PATIENCE_S)
        yield bot


def is_answered(slack: LocalSlack) -> bool:
    return any("In use" in message["text"] for message in slack.messages())


def test_the_bot_answers_a_question(bot: BotProcess, server: AthenaServer, slack: LocalSlack) -> None:
    server.hold()
    slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
    (id_,) = server.wait_for(lambda server: server.started)
    assert not is_answered(slack)
    server.release()
    slack.wait_for(is_answered, PATIENCE_S)
    assert server.state_of(id_) == "SUCCEEDED"
    assert server.keys() == ["cidrs/10_1_0_0_16.csv"]
    (answer,) = slack.messages()
    (reply,) = slack.wait_for(lambda slack: slack.replies("network", answer["ts"]), PATIENCE_S)
    rows = slack.download(reply["files"][0]["id"]).decode().splitlines()
    assert len(rows) == 3


def test_executions_outlive_the_bot(bot: BotProcess, server: AthenaServer, slack: LocalSlack) -> None:
    is_killed = threading.Event()

    def kill() -> None:
        bot.kill()
        is_killed.set()

    server.on_call("StartQueryExecution", "after", kill)
    slack.type_command("/vpccidr peering 10.1.0.0/16 days=2")
    assert is_killed.wait(PATIENCE_S)
    (id_,) = server.started
    assert await_end(server, id_) == "SUCCEEDED"
