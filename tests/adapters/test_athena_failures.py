"""What a person reads when AWS fails: one sentence that says why, and who can do what about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ReadTimeoutError,
)

from bot.adapters.aws import build_athena_client, explain
from bot.domain.question import Compared
from bot.domain.window import build_previous
from bot.errors import EngineError
from bot.services.ports import Progress, State
from tests.adapters.athena_stub import Stage, build_report, build_scan

DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/vpccidr/bot is not authorized to perform: "
    "athena:StartQueryExecution on resource: arn:aws:athena:eu-central-1:123456789012:workgroup/vpccidr"
)
CUT = "Bytes scanned limit was exceeded"
TAIL = (
    ' This query ran against the "vpccidr" database, unless qualified by the query. Please post the error '
    "message on our forum or contact customer support with Query Id: 0f0f"
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "results")
    yield made
    made.check()
    made.close()


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            (
                "The bot's AWS credentials have expired, so it could not start the scan; "
                "its operator must renew them."
            ),
        ),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "AWS rejects the bot's credentials, so it could not start the scan; its operator must mend them.",
        ),
        (
            "AccessDeniedException",
            DENIED,
            (
                "AWS does not let the bot start the scan; its role needs athena:StartQueryExecution "
                "(vpccidr doctor checks everything)."
            ),
        ),
        (
            "InvalidRequestException",
            "WorkGroup vpccidr is not found.",
            (
                "The bot could not start the scan, because AWS answered InvalidRequestException: "
                "WorkGroup vpccidr is not found."
            ),
        ),
    ],
)
def test_a_refused_start(stage: Stage, code: str, message: str, sentence: str) -> None:
    """A refusal is final: it is never tried again, and the next question is not kept from its turn."""
    stage.will_refuse("start_query_execution", code, message)
    stage.engine.start("run-1", build_scan())
    stage.will_start("q-2")
    stage.engine.start("run-2", build_scan())
    stage.will_see(build_report("q-2", "RUNNING"))
    assert stage.engine.poll(["run-1", "run-2"]) == {
        "run-1": Progress(State.FAILED, sentence),
        "run-2": Progress(State.RUNNING),
    }


def test_throttled_for_a_minute(stage: Stage) -> None:
    """The bot backs off for a minute and then gives the person an end."""
    for pause_s in (0, 2, 4, 8, 16, 20):
        stage.later(pause_s)
        stage.will_refuse("start_query_execution", "ThrottlingException", "Rate exceeded")
        stage.engine.start("run-1", build_scan())
        assert stage.engine.poll(["run-1"]) == {"run-1": Progress(State.RUNNING)}
        stage.check()
    stage.later(20)
    stage.will_refuse("start_query_execution", "ThrottlingException", "Rate exceeded")
    assert stage.engine.poll(["run-1"])["run-1"] == Progress(
        State.FAILED,
        "AWS is asked too often just now, so the bot could not start the scan; ask again in a few minutes.",
    )


def test_a_minute_of_silence(stage: Stage) -> None:
    """A query that nobody can look at is stopped and given up, with the last reason."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    stage.will_refuse("batch_get_query_execution", "ExpiredTokenException", "expired")
    assert stage.engine.poll(["run-1"]) == {"run-1": Progress(State.RUNNING)}
    stage.later(60)
    stage.will_refuse("batch_get_query_execution", "ExpiredTokenException", "expired")
    stage.will_stop("q-1")
    assert stage.engine.poll(["run-1"])["run-1"] == Progress(
        State.FAILED,
        "Nothing was heard of the scan for 60 seconds. The bot's AWS credentials have expired, so it could "
        "not look at the scan; its operator must renew them.",
    )


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            "COLUMN_NOT_FOUND: line 7:9: Column 'log_status' cannot be resolved or requester is not "
            "authorized to access requested resources." + TAIL,
            (
                "The table of flow logs lacks a column that the scan reads (COLUMN_NOT_FOUND: line 7:9: Column "
                "'log_status' cannot be resolved or requester is not authorized to access requested resources); "
                "the bot's operator finds what is missing with: vpccidr doctor"
            ),
        ),
        (
            "TABLE_NOT_FOUND: line 5:10: Table 'awsdatacatalog.vpccidr.cidrtable' does not exist",
            (
                "Athena does not find the tables of the bot (TABLE_NOT_FOUND: line 5:10: Table "
                "'awsdatacatalog.vpccidr.cidrtable' does not exist); the bot's operator finds what is missing with: "
                "vpccidr doctor"
            ),
        ),
        (
            "HIVE_BAD_DATA: Error parsing field value 'ACCEPT' for field 9",
            (
                "The log files do not fit the columns that their table declares (HIVE_BAD_DATA: Error parsing "
                "field value 'ACCEPT' for field 9); the bot's operator finds what is missing with: vpccidr doctor"
            ),
        ),
        (
            "HIVE_METASTORE_ERROR: NoSuchBucket: The specified bucket does not exist (Service: Amazon S3)",
            (
                "A bucket that the scan needs is missing (HIVE_METASTORE_ERROR: NoSuchBucket: The specified bucket "
                "does not exist (Service: Amazon S3)); the bot's operator finds what is missing with: vpccidr doctor"
            ),
        ),
        (
            "PERMISSION_DENIED: Access denied on operation GetObject",
            (
                "Athena may not read what the scan needs (PERMISSION_DENIED: Access denied on operation GetObject); "
                "the bot's operator finds what is missing with: vpccidr doctor"
            ),
        ),
        (
            "Query timeout",
            "The scan took longer than Athena allows; ask about fewer days than 10, for example: days=5.",
        ),
        (
            "Query exhausted resources at this scale factor",
            "The scan was too large for Athena's workers; ask about fewer days than 10, for example: days=5.",
        ),
    ],
)
def test_a_query_that_failed(stage: Stage, reason: str, sentence: str) -> None:
    """Athena's reason, without its advice to post in a forum, and what to do."""
    assert _end(stage, "FAILED", reason) == Progress(State.FAILED, sentence)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            {"ErrorCategory": 1, "ErrorType": 1, "Retryable": True},
            "Athena failed by a fault of its own: it broke. Ask again.",
        ),
        (
            {"ErrorCategory": 1, "ErrorType": 2, "Retryable": False},
            "Athena failed by a fault of its own: it broke. Ask again later.",
        ),
        ({"ErrorCategory": 2, "Retryable": False}, "Athena refused the scan: it broke."),
        ({"ErrorCategory": 3, "Retryable": True}, "The scan failed on Athena: it broke. Ask again."),
        ({}, "The scan failed on Athena: it broke."),
    ],
)
def test_every_category(stage: Stage, error: dict[str, Any], sentence: str) -> None:
    """System, user, other: whose fault it is decides what to do."""
    assert _end(stage, "FAILED", "it broke", error=error) == Progress(State.FAILED, sentence)


def test_a_reason_only_in_the_error(stage: Stage) -> None:
    """StateChangeReason may be missing; AthenaError has a message of its own."""
    error = {"ErrorCategory": 2, "ErrorMessage": "it broke."}
    assert _end(stage, "FAILED", error=error).reason == "Athena refused the scan: it broke."


def test_no_reason_at_all(stage: Stage) -> None:
    assert _end(stage, "FAILED").reason == "The scan failed on Athena: no reason given."


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_over_the_cutoff(stage: Stage, state: str) -> None:
    """Athena reports its own limit as either state; the person reads the limit, and what to type."""
    tell = _tell_cutoff(1_000_000_000)
    progress = _end(stage, state, CUT, tell, Statistics={"DataScannedInBytes": 1_050_000_000})
    assert progress == Progress(
        State.FAILED,
        "The scan was stopped at the work group's limit of 1.00 GB a question, after 1.05 GB; "
        "ask about fewer days than 10, for example: days=5.",
    )


def test_over_the_cutoff_with_one_day(stage: Stage) -> None:
    """Where there are no fewer days, only the operator can help."""
    assert _end(stage, "CANCELLED", CUT, _tell_cutoff(10_000_000), days=1).reason == (
        "The scan was stopped at the work group's limit of 10.0 MB a question; "
        "one day alone is too much, so the bot's operator must raise the limit."
    )


@pytest.mark.parametrize(
    ("days", "advice"),
    [
        (10, "ask about fewer days than 10, for example: days=5."),
        (1, "ask about fewer days than 2, for example: days=1."),
    ],
)
def test_over_the_cutoff_with_the_window_before(stage: Stage, days: int, advice: str) -> None:
    """What to type instead is told from what was typed; one day can still be asked without the other."""
    scan = build_scan(days=days)
    compared = replace(scan.question, compared=Compared(build_previous(scan.question.window, 20)))
    stage.will_start("q-1")
    stage.engine.start("run-1", replace(scan, question=compared))
    stage.will_see(build_report("q-1", "CANCELLED", CUT))
    _hide_cutoff(stage)
    assert stage.engine.poll(["run-1"])["run-1"].reason.endswith(advice)


def test_over_a_cutoff_that_the_bot_may_not_read(stage: Stage) -> None:
    """The reason for a failure must not fail itself."""
    assert _end(stage, "CANCELLED", CUT, _hide_cutoff).reason == (
        "The scan was stopped at the work group's limit a question; "
        "ask about fewer days than 10, for example: days=5."
    )


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        (
            "NoSuchKey",
            "The specified key does not exist.",
            "The scan's result is gone from its bucket; ask again.",
        ),
        (
            "NoSuchBucket",
            "The specified bucket does not exist",
            "A bucket is missing, so the bot could not read the scan's result; vpccidr doctor names it.",
        ),
        (
            "AccessDenied",
            "Access Denied",
            (
                "AWS does not let the bot read the scan's result; its role needs s3:GetObject "
                "(vpccidr doctor checks everything)."
            ),
        ),
    ],
)
def test_a_result_that_cannot_be_read(
    stage: Stage, tmp_path: Path, code: str, message: str, sentence: str
) -> None:
    """The scan is paid for; what is wrong with its result is said, and no half file stays."""
    assert _end(stage, "SUCCEEDED") == Progress(State.SUCCEEDED)
    stage.will_refuse("get_object", code, message, status=404)
    with pytest.raises(EngineError) as caught:
        stage.engine.fetch("run-1")
    assert str(caught.value) == sentence
    assert not list((tmp_path / "results").iterdir())


def test_a_result_that_breaks_off(stage: Stage, tmp_path: Path) -> None:
    """Half a result would be an answer that is wrong."""
    assert _end(stage, "SUCCEEDED") == Progress(State.SUCCEEDED)
    stage.will_give(b"half", length=8)
    with pytest.raises(EngineError, match="The bot could not read the scan's result: "):
        stage.engine.fetch("run-1")
    assert not list((tmp_path / "results").iterdir())


def test_managed_results(stage: Stage) -> None:
    """A work group that keeps results to itself gives no object to stream."""
    assert _end(stage, "SUCCEEDED", ResultConfiguration={}) == Progress(State.SUCCEEDED)
    with pytest.raises(EngineError, match="turn managed query results off"):
        stage.engine.fetch("run-1")


def test_a_statement_that_is_too_long(stage: Stage) -> None:
    """A network of thousands of blocks is refused here, where the reason can be said."""
    stage.engine.start("run-1", build_scan(statement="x" * 262_145))
    assert stage.engine.poll(["run-1"])["run-1"].reason == (
        "The statement is longer than Athena takes; ask about fewer blocks at once."
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            NoCredentialsError(),
            "The bot has no AWS credentials, so it could not start the scan; its operator must give it some.",
        ),
        (
            NoRegionError(),
            "The bot knows no AWS region, so it could not start the scan; its operator must set AWS_REGION.",
        ),
        (
            EndpointConnectionError(endpoint_url="https://athena.example"),
            "AWS could not be reached, so the bot could not start the scan; ask again in a few minutes.",
        ),
        (
            ReadTimeoutError(endpoint_url="https://athena.example"),
            "AWS could not be reached, so the bot could not start the scan; ask again in a few minutes.",
        ),
    ],
)
def test_aws_is_not_even_asked(error: Exception, sentence: str) -> None:
    assert explain(error, "start the scan") == sentence


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 refuses to build a client without one: that is a setting, and no traceback."""
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(EngineError, match="must set AWS_REGION"):
        build_athena_client()


def _end(
    stage: Stage, state: str, reason: str = "", *then: Callable[[Stage], None], days: int = 10, **rest: Any
) -> Progress:
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan(days=days))
    report = build_report("q-1", state, reason, **rest)
    stage.will_see(report)
    for prepare in then:
        prepare(stage)
    return stage.engine.poll(["run-1"])["run-1"]


def _tell_cutoff(cutoff: int) -> Callable[[Stage], None]:
    group = {"Name": "vpccidr", "Configuration": {"BytesScannedCutoffPerQuery": cutoff}}
    return lambda stage: stage.athena.add_response(
        "get_work_group", {"WorkGroup": group}, {"WorkGroup": "vpccidr"}
    )


def _hide_cutoff(stage: Stage) -> None:
    stage.will_refuse("get_work_group", "AccessDeniedException", "no")
