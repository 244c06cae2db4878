"""The choreography with Athena: every state, and nothing asked twice or too often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.athena_engine import FIELDS_FOR_S, FULL_PATIENCE_S, hash_token
from bot.domain.cost import Cost
from bot.errors import EngineError
from bot.services.ports import Progress, State
from tests.adapters.athena_stub import OPTIONS, Stage, build_report, build_scan

RUNNING, SUCCEEDED, CANCELLED = Progress(State.RUNNING), Progress(State.SUCCEEDED), Progress(State.CANCELLED)
READ_3_GB = {"Statistics": {"DataScannedInBytes": 3_000_000_000}}
FULL = {"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "results")
    yield made
    made.check()
    made.close()


def test_the_request_says_everything(stage: Stage) -> None:
    """The statement as it is, once per token, in the bot's own work group, kept results allowed."""
    expected = {
        "QueryString": "SELECT 1",
        "ClientRequestToken": hash_token("run-1"),
        "QueryExecutionContext": {"Database": "vpccidr", "Catalog": "AwsDataCatalog"},
        "WorkGroup": "vpccidr",
        "ResultReuseConfiguration": {
            "ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 15}
        },
    }
    stage.will_start("q-1", expected)
    assert stage.engine.start("run-1", build_scan()) == "run-1"


def test_output_and_reuse_can_be_set(tmp_path: Path) -> None:
    """A work group without a location of its own needs one; reuse off is said, for its default may be on."""
    stage = Stage(tmp_path, replace(OPTIONS, output="s3://vpccidr-results/answers/", reuse_minutes=0))
    request = stage.engine._build_request(_execution(stage))
    assert request["ResultConfiguration"] == {"OutputLocation": "s3://vpccidr-results/answers/"}
    assert request["ResultReuseConfiguration"] == {"ResultReuseByAgeConfiguration": {"Enabled": False}}
    stage.close()


def _execution(stage: Stage) -> Any:
    stage.will_start("q-1")
    return stage.engine._executions[stage.engine.start("run-1", build_scan())]


TABLE = {"CatalogName": "AwsDataCatalog", "DatabaseName": "vpccidr", "TableName": "vpcflowlogstable"}


def describe(columns: dict[str, str]) -> dict[str, Any]:
    listed = [{"Name": name, "Type": kind} for name, kind in columns.items()]
    return {"TableMetadata": {"Name": "vpcflowlogstable", "Columns": listed}}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"srcaddr": "string"}, set()),
        (
            {"traffic_path": "int", "pkt_src_aws_service": "varchar(20)"},
            {"traffic_path", "pkt_src_aws_service"},
        ),
        ({"traffic_path": "string", "pkt_dst_aws_service": "string"}, {"pkt_dst_aws_service"}),
        ({}, set()),
    ],
)
def test_fields_of_the_table_are_asked_once(
    stage: Stage, columns: dict[str, str], expected: set[str]
) -> None:
    """A statement that names a column that is not there fails, and so does one of another type."""
    stage.athena.add_response("get_table_metadata", describe(columns), TABLE)
    assert [stage.engine.find_fields(), stage.engine.find_fields()] == [expected, expected]


def test_fields_that_nobody_tells_are_absent_until_somebody_does(stage: Stage) -> None:
    """A role without the right, or a catalogue that is down, keeps nobody from the answer."""
    stage.will_refuse("get_table_metadata", "AccessDeniedException", "not authorized")
    assert stage.engine.find_fields() == frozenset()
    stage.athena.add_response("get_table_metadata", describe({"traffic_path": "int"}), TABLE)
    assert stage.engine.find_fields() == {"traffic_path"}


def test_column_that_was_dropped_is_not_named_for_long(stage: Stage) -> None:
    """And where AWS does not tell any more, what it told last is believed."""
    stage.athena.add_response("get_table_metadata", describe({"traffic_path": "int"}), TABLE)
    assert stage.engine.find_fields() == {"traffic_path"}
    stage.later(FIELDS_FOR_S)
    stage.will_refuse("get_table_metadata", "ThrottlingException", "slow down")
    assert stage.engine.find_fields() == {"traffic_path"}
    stage.athena.add_response("get_table_metadata", describe({}), TABLE)
    assert stage.engine.find_fields() == frozenset()
    stage.check()


@pytest.mark.parametrize("token", ["a", "run-1", "0" * 500])
def test_any_token_becomes_one_that_athena_takes(token: str) -> None:
    """32 to 128 characters, and another one for another token."""
    assert 32 <= len(hash_token(token)) <= 128
    assert hash_token(token) != hash_token(token + "-raw")


def test_a_token_starts_once(stage: Stage) -> None:
    """A second start of the same run must not be paid for."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    stage.engine.start("run-1", build_scan())


def test_another_process_attaches_by_the_token(tmp_path: Path) -> None:
    """After a restart the same token must be sent again: Athena answers with the query that it began."""
    requests = []
    for _ in range(2):
        stage = Stage(tmp_path)
        requests.append(stage.engine._build_request(_execution(stage)))
        stage.close()
    assert requests[0] == requests[1]


def test_from_queued_to_the_result(stage: Stage, tmp_path: Path) -> None:
    """RUNNING may fall back to QUEUED; the result arrives whole, under a name that says CSV."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    for state in ("QUEUED", "RUNNING", "QUEUED", "RUNNING"):
        stage.will_see(build_report("q-1", state))
        assert stage.engine.poll(["run-1"]) == {"run-1": RUNNING}
        stage.later()
    stage.will_see(build_report("q-1", "SUCCEEDED", **READ_3_GB))
    assert stage.engine.poll(["run-1"]) == {"run-1": SUCCEEDED}
    stage.will_give(b'"kind"\n"coverage"\n')
    outcome = stage.engine.fetch("run-1")
    assert outcome.result.read_bytes() == b'"kind"\n"coverage"\n'
    assert list((tmp_path / "results").iterdir()) == [outcome.result]
    assert outcome.result.suffix == ".csv"
    assert outcome.cost == Cost(3_000_000_000, 0.015)
    assert outcome.problems == ()


def test_a_fetched_execution_is_forgotten(stage: Stage) -> None:
    """What was delivered must not be held for as long as the bot lives."""
    _succeed(stage)
    stage.will_give(b"")
    stage.engine.fetch("run-1")
    assert stage.engine.poll(["run-1"])["run-1"].state is State.FAILED
    with pytest.raises(EngineError, match="does not know"):
        stage.engine.fetch("run-1")


@pytest.mark.parametrize(
    ("statistics", "cost"),
    [
        ({"DataScannedInBytes": 0}, Cost(0, 0.00005)),
        ({"DataScannedInBytes": 10_000_000}, Cost(10_000_000, 0.00005)),
        ({"DataScannedInBytes": 10_000_001}, Cost(10_000_001, 0.000055)),
        ({"DataScannedInBytes": 10**12}, Cost(10**12, 5.0)),
        ({"DataScannedInBytes": 0, "ResultReuseInformation": {"ReusedPreviousResult": True}}, Cost(0, 0.0)),
    ],
)
def test_what_it_costs(stage: Stage, statistics: dict[str, Any], cost: Cost) -> None:
    """At least 10 MB, whole megabytes, and nothing for a result that Athena had kept."""
    _succeed(stage, Statistics=statistics)
    stage.will_give(b"")
    found = stage.engine.fetch("run-1").cost
    assert (found.scanned_bytes, found.usd) == (cost.scanned_bytes, pytest.approx(cost.usd))


def test_aws_is_asked_every_two_seconds_once_for_all(stage: Stage) -> None:
    """Twenty watchers of one query are one call; the time between is the same however often one looks."""
    for number in (1, 2):
        stage.will_start(f"q-{number}")
        stage.engine.start(f"run-{number}", build_scan())
    stage.will_see(build_report("q-1", "RUNNING"), build_report("q-2", "RUNNING"))
    stage.engine.poll(["run-1", "run-2"])
    stage.later(1.9)
    stage.engine.poll(["run-1"])
    stage.engine.poll(["run-2"])
    stage.later(0.1)
    stage.will_see(build_report("q-1", "RUNNING"), build_report("q-2", "SUCCEEDED"))
    assert stage.engine.poll(["run-1", "run-2"]) == {"run-1": RUNNING, "run-2": SUCCEEDED}


def test_fifty_ids_a_call(tmp_path: Path) -> None:
    """Athena takes fifty ids at once, and not one more."""
    stage = Stage(tmp_path, replace(OPTIONS, queries_at_once=60))
    tokens = [f"run-{number}" for number in range(51)]
    for number, token in enumerate(tokens):
        stage.will_start(f"q-{number}")
        stage.engine.start(token, build_scan())
    stage.will_see(*(build_report(f"q-{number}", "RUNNING") for number in range(50)))
    stage.will_see(build_report("q-50", "SUCCEEDED"))
    progress = stage.engine.poll(tokens)
    assert progress["run-50"] == SUCCEEDED
    assert [progress[token] for token in tokens[:50]] == [RUNNING] * 50
    stage.check()
    stage.close()


def test_the_limit_holds_and_people_take_turns(stage: Stage) -> None:
    """Two at once; Ben, who asked last and once, comes before Ana's fourth question."""
    stage.will_start("a-1")
    stage.will_start("a-2")
    for number in (1, 2, 3, 4):
        stage.engine.start(f"ana-{number}", build_scan("ana", statement=f"SELECT {number}"))
    stage.engine.start("ben-1", build_scan("ben", statement="SELECT 'ben'"))
    stage.check()
    stage.will_see(build_report("a-1", "SUCCEEDED"), build_report("a-2", "SUCCEEDED"))
    started: list[str] = []
    for id_ in ("x", "y"):
        stage.will_start(id_)
    stage.engine.poll(["ana-1"])
    started = [one.token for one in stage.engine._executions.values() if one.athena_id in {"x", "y"}]
    assert started == ["ana-3", "ben-1"]
    assert stage.engine.poll(["ana-4"]) == {"ana-4": RUNNING}


def test_a_full_account_means_waiting(stage: Stage) -> None:
    """Other work in the account fills the quota: the question waits its turn and is not failed by it."""
    stage.will_refuse("start_query_execution", "TooManyRequestsException", "full", **FULL)
    stage.engine.start("run-1", build_scan())
    for pause_s in (2, 4, 8, 16, 20, 20):
        stage.later(pause_s - 0.1)
        assert stage.engine.poll(["run-1"]) == {"run-1": RUNNING}
        stage.later(0.1)
        stage.will_refuse("start_query_execution", "TooManyRequestsException", "full", **FULL)
        assert stage.engine.poll(["run-1"]) == {"run-1": RUNNING}
        stage.check()
    stage.later(20)
    stage.will_start("q-1")
    stage.will_see(build_report("q-1", "SUCCEEDED"))
    stage.engine.poll(["run-1"])
    stage.later()
    assert stage.engine.poll(["run-1"]) == {"run-1": SUCCEEDED}


def test_a_full_account_ends_too(stage: Stage) -> None:
    """Nobody may wait for ever: longer than any query runs, the quota is not what is wrong."""
    stage.will_refuse("start_query_execution", "TooManyRequestsException", "full", **FULL)
    stage.engine.start("run-1", build_scan())
    stage.later(FULL_PATIENCE_S)
    stage.will_refuse("start_query_execution", "TooManyRequestsException", "full", **FULL)
    assert stage.engine.poll(["run-1"])["run-1"].state is State.FAILED


def test_a_throttled_start_keeps_its_place(stage: Stage) -> None:
    """Throttling is everybody's: who came second must not start first."""
    stage.will_refuse("start_query_execution", "ThrottlingException", "Rate exceeded")
    stage.engine.start("ana-1", build_scan("ana"))
    stage.engine.start("ben-1", build_scan("ben"))
    stage.will_start("q-1", None)
    stage.will_start("q-2", None)
    stage.later()
    stage.engine.poll([])
    assert [one.athena_id for one in stage.engine._executions.values()] == ["q-1", "q-2"]


def test_a_throttled_look_changes_nothing(stage: Stage) -> None:
    """The query runs on whether anybody can look at it or not."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    for _ in range(20):
        stage.will_refuse("batch_get_query_execution", "ThrottlingException", "Rate exceeded")
        assert stage.engine.poll(["run-1"]) == {"run-1": RUNNING}
        stage.later()
    stage.will_see(build_report("q-1", "SUCCEEDED"))
    assert stage.engine.poll(["run-1"]) == {"run-1": SUCCEEDED}


def test_an_unprocessed_id_is_asked_for_again(stage: Stage) -> None:
    """One id that AWS could not look up says nothing about its query."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    missed = {"QueryExecutionId": "q-1", "ErrorCode": "INTERNAL_FAILURE", "ErrorMessage": "oops"}
    stage.will_see(ids=["q-1"], UnprocessedQueryExecutionIds=[missed])
    assert stage.engine.poll(["run-1"]) == {"run-1": RUNNING}
    stage.later()
    stage.will_see(build_report("q-1", "SUCCEEDED"))
    assert stage.engine.poll(["run-1"]) == {"run-1": SUCCEEDED}


def test_cancelling_a_running_query(stage: Stage) -> None:
    """Athena is told; that it ended is what Athena says, not what was asked for."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    stage.will_stop("q-1")
    stage.engine.cancel("run-1")
    stage.will_see(build_report("q-1", "CANCELLED", "Query cancelled by user"))
    assert stage.engine.poll(["run-1"]) == {"run-1": CANCELLED}
    stage.engine.cancel("run-1")


def test_cancelling_one_that_waits_costs_nothing(tmp_path: Path) -> None:
    """It never reaches Athena."""
    stage = Stage(tmp_path, replace(OPTIONS, queries_at_once=1))
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    stage.engine.start("run-2", build_scan())
    stage.engine.cancel("run-2")
    stage.will_see(build_report("q-1", "SUCCEEDED"))
    assert stage.engine.poll(["run-1", "run-2"]) == {"run-1": SUCCEEDED, "run-2": CANCELLED}
    stage.check()
    stage.close()


def test_a_stop_that_aws_refuses_is_survived(stage: Stage) -> None:
    """The bot ends its runs one after another when it stops; one refusal must not keep it from the rest."""
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    stage.will_refuse("stop_query_execution", "AccessDeniedException", "no")
    stage.engine.cancel("run-1")
    stage.will_see(build_report("q-1", "RUNNING"))
    assert stage.engine.poll(["run-1"]) == {"run-1": RUNNING}


def test_cancelling_what_nobody_knows(stage: Stage) -> None:
    stage.engine.cancel("never-heard-of")


def test_waiting_ends_at_the_next_look_or_sooner(stage: Stage) -> None:
    """The wait is real time; the engine's clock only says how much of it is due."""
    stage.engine.wait(0.001)
    stage.engine.poll([])
    stage.engine.wait(0.001)


def _succeed(stage: Stage, **report: Any) -> None:
    stage.will_start("q-1")
    stage.engine.start("run-1", build_scan())
    stage.will_see(build_report("q-1", "SUCCEEDED", **report))
    assert stage.engine.poll(["run-1"]) == {"run-1": SUCCEEDED}
