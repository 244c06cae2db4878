"""An Athena that answers what a test says, with botocore's own check of every request and answer."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from botocore.response import StreamingBody
from botocore.stub import Stubber

from bot.adapters.athena_engine import AthenaEngine, AthenaOptions
from bot.adapters.aws import build_athena_client, build_s3_client
from bot.domain.cidr import parse_block
from bot.domain.question import Question, Side
from bot.domain.scenario import Scenario
from bot.domain.window import build_window
from bot.services.ports import Scan

LOCATION = "s3://vpccidr-results/answers/q-1.csv"
OPTIONS = AthenaOptions(database="vpccidr", work_group="vpccidr", queries_at_once=2)


def build_question(days: int = 10) -> Question:
    window = build_window(
        date(2026, 11, 21 - days), date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC), 366
    )
    return Question(Scenario.PEERING, Side((parse_block("10.1.0.0/16").block,)), window)


def build_scan(user: str = "U1", days: int = 10, statement: str = "SELECT 1") -> Scan:
    return Scan(statement, build_question(days), asked_by=user)


def build_report(id_: str, state: str, reason: str = "", **rest: Any) -> dict[str, Any]:
    status: dict[str, Any] = {"State": state}
    if reason:
        status["StateChangeReason"] = reason
    if "error" in rest:
        status["AthenaError"] = rest.pop("error")
    return {
        "QueryExecutionId": id_,
        "Status": status,
        **({"ResultConfiguration": {"OutputLocation": LOCATION}} | rest),
    }


@dataclass
class Stage:
    """The engine between two stubs, and a clock that a test moves."""

    folder: Path
    options: AthenaOptions = OPTIONS
    now: float = 1000.0
    athena: Stubber = field(init=False)
    s3: Stubber = field(init=False)
    engine: AthenaEngine = field(init=False)

    def __post_init__(self) -> None:
        self.athena, self.s3 = Stubber(build_athena_client()), Stubber(build_s3_client())
        self.athena.activate()
        self.s3.activate()
        self.engine = AthenaEngine(
            self.athena.client, self.s3.client, self.options, self.folder, clock=lambda: self.now
        )

    def will_start(self, id_: str, expected: dict[str, Any] | None = None) -> None:
        self.athena.add_response("start_query_execution", {"QueryExecutionId": id_}, expected)

    def will_refuse(self, call: str, code: str, message: str = "", **rest: Any) -> None:
        stub = self.athena if hasattr(self.athena.client, call) else self.s3
        stub.add_client_error(call, code, message, rest.pop("status", 400), modeled_fields=rest or None)

    def will_see(self, *reports: dict[str, Any], ids: list[str] | None = None, **rest: Any) -> None:
        expected = {"QueryExecutionIds": ids or [report["QueryExecutionId"] for report in reports]}
        self.athena.add_response(
            "batch_get_query_execution", {"QueryExecutions": list(reports), **rest}, expected
        )

    def will_stop(self, id_: str) -> None:
        self.athena.add_response("stop_query_execution", {}, {"QueryExecutionId": id_})

    def will_give(self, body: bytes, length: int | None = None) -> None:
        stream = StreamingBody(io.BytesIO(body), len(body) if length is None else length)
        self.s3.add_response(
            "get_object", {"Body": stream}, {"Bucket": "vpccidr-results", "Key": "answers/q-1.csv"}
        )

    def later(self, seconds: float = 2.0) -> None:
        self.now += seconds

    def check(self) -> None:
        self.athena.assert_no_pending_responses()
        self.s3.assert_no_pending_responses()

    def close(self) -> None:
        self.engine.close()
