"""The doctor's lines, from what the outside world says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.aws_ranges import AwsRanges
from bot.domain.flowlog import FIELDS, NEEDED, PARTITIONS
from bot.domain.prefixes import NamedPrefixes
from bot.domain.window import Window
from bot.errors import EngineError, SlackError, StoreError
from bot.services.doctor import (
    Check,
    Finding,
    Identity,
    WorkGroup,
    check_app_token,
    check_bot_token,
    check_host_names,
    check_logs,
    check_ranges,
    check_registry,
    check_renewal,
    check_scan,
    check_tables,
    check_work_group,
    examine,
    render_finding,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROUP = WorkGroup(
    "vpccidr", is_enabled=True, is_enforced=True, cutoff_bytes=10**11, output="s3://r/", keeps_results=False
)
LOGS = {name: FIELDS[name].value for name in NEEDED} | {name: kind.value for name, kind in PARTITIONS.items()}


@dataclass
class World:
    """A healthy outside; a test breaks one thing of it."""

    group: WorkGroup = GROUP
    tables: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            "vpcflowlogstable": dict(LOGS),
            "cidrtable": {"cidr": "string", "ip": "string"},
        }
    )
    size: int = 1_200_000_000
    scopes: tuple[str, ...] = ("commands", "chat:write", "chat:write.public", "files:write", "users:read")
    broken: str = ""
    statements: list[str] = field(default_factory=list)

    def read_work_group(self) -> WorkGroup:
        return self.group

    def read_columns(self, table: str) -> dict[str, str]:
        if table not in self.tables:
            raise EngineError(f"There is no table {table} in AwsDataCatalog.vpccidr: create the stack.")
        return self.tables[table]

    def explain(self, statement: str) -> str:
        self.statements.append(statement)
        return "s3://vpccidr-results/plan.txt"

    def try_writing(self) -> str:
        if self.broken == "registry":
            raise StoreError("A bucket is missing.")
        return "s3://vpccidr-blocks/cidr/"

    def try_reading(self, url: str) -> None:
        assert url == "s3://vpccidr-results/plan.txt"

    def sum_bytes(self, window: Window) -> int:
        assert len(window.days) == 2
        return self.size

    def read_identity(self) -> Identity:
        return Identity("Acme", "vpccidr", self.scopes)

    def try_socket(self) -> None:
        if self.broken == "socket":
            raise SlackError("invalid_auth: the token is not valid")


def look(world: World) -> list[str]:
    checks: list[Check] = [
        ("expansions", lambda: check_registry(world)),
        ("work group", lambda: check_work_group(world, "")),
        ("tables", lambda: check_tables(world)),
        ("a scan", lambda: check_scan(world, world, NOW)),
        ("flow logs", lambda: check_logs(world, NOW)),
        ("Slack's bot token", lambda: check_bot_token(world)),
        ("Slack's app-level token", lambda: check_app_token(world)),
    ]
    return [render_finding(finding) for finding in examine(checks)]


def mends(world: World) -> list[str]:
    return [line for line in look(world) if not line.startswith("ok")]


def test_everything_is_well() -> None:
    """A line for each thing, so that a person sees what was looked at."""
    world = World()
    assert look(world) == [
        "ok    expansions can be written to s3://vpccidr-blocks/cidr/",
        "ok    work group vpccidr is enabled",
        "ok    work group vpccidr is enforced",
        "ok    work group vpccidr has a limit of 100 GB a scan",
        "ok    work group vpccidr writes results to a bucket",
        "ok    table vpcflowlogstable, 15 columns",
        "ok    table cidrtable, 2 columns",
        "ok    Athena plans a scan",
        "ok    the bot reads results",
        "ok    flow logs of the last 2 days, 1.20 GB",
        "ok    Slack knows the bot as vpccidr in Acme",
        "ok    Slack's scopes",
        "ok    Slack opens a socket",
    ]
    assert "cidrtable" in world.statements[0]
    assert "vpcflowlogstable" in world.statements[0]


@pytest.mark.parametrize(
    ("group", "line"),
    [
        (replace(GROUP, is_enabled=False), "mend  work group vpccidr is enabled: enable it."),
        (
            replace(GROUP, is_enforced=False),
            "mend  work group vpccidr is enforced: let it override client-side settings, or its limits bind "
            "nobody.",
        ),
        (
            replace(GROUP, cutoff_bytes=0),
            "mend  work group vpccidr has a limit a scan: set BytesScannedCutoffPerQuery, or one question can "
            "cost any sum.",
        ),
        (
            replace(GROUP, output=""),
            "mend  work group vpccidr writes results to a bucket: give it an output location in S3.",
        ),
        (
            replace(GROUP, keeps_results=True),
            "mend  work group vpccidr writes results to a bucket: turn managed query results off; the bot "
            "streams results from the bucket.",
        ),
    ],
)
def test_a_work_group_that_lacks_something(group: WorkGroup, line: str) -> None:
    assert mends(World(group=group)) == [line]


@pytest.mark.parametrize(("enforced", "count"), [(False, 0), (True, 1)])
def test_an_output_of_ones_own(enforced: bool, count: int) -> None:
    """VPCCIDR_ATHENA_OUTPUT helps only where the work group does not override it."""
    group = replace(GROUP, output="", is_enforced=enforced)
    found = [one for one in check_work_group(World(group=group), "s3://own/") if "writes results" in one.what]
    assert sum(bool(one.mend) for one in found) == count


def test_columns_that_are_missing_or_wrong() -> None:
    """Every one is named: a person mends a table once, and not column by column."""
    world = World()
    table = world.tables["vpcflowlogstable"]
    del table["log_status"], table["day"]
    table["srcport"] = "string"
    assert mends(world) == [
        "mend  table vpcflowlogstable, 15 columns: it lacks log_status, day; srcport is string and must be int."
    ]


def test_types_that_serve_as_well() -> None:
    """AWS's own DDL writes `protocol bigint`; varchar is string by another name; more columns harm nobody."""
    world = World()
    world.tables["vpcflowlogstable"] |= {"protocol": "bigint", "action": "varchar(10)", "vpc_id": "string"}
    assert mends(world) == []


def test_a_table_that_is_missing_hides_nothing_else() -> None:
    """One failure is one line, and the look goes on."""
    world = World()
    del world.tables["cidrtable"]
    assert mends(world) == [
        "mend  tables: There is no table cidrtable in AwsDataCatalog.vpccidr: create the stack."
    ]
    assert "ok    Slack opens a socket" in look(world)


def test_no_logs() -> None:
    assert mends(World(size=0)) == [
        "mend  flow logs of the last 2 days: there are none: does a flow log deliver to VPCCIDR_LOGS?"
    ]


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (30, "ok    AWS's ranges, of 2026-10-21 12:00 UTC"),
        (
            31,
            "mend  AWS's ranges, of 2026-10-20 12:00 UTC: it is old: fetch a new one, or set VPCCIDR_AWS_RANGES to "
            "AWS's address of it.",
        ),
    ],
)
def test_list_of_ranges_that_is_old(days: int, line: str) -> None:
    ranges = AwsRanges(NOW - timedelta(days=days), NamedPrefixes(()))
    assert [render_finding(each) for each in check_ranges(lambda: ranges, NOW)] == [line]


def test_list_that_cannot_be_fetched_is_told_beside_the_one_that_is_there() -> None:
    def fail() -> None:
        raise StoreError("https://a.example could not be copied (HTTP status 403).")

    ranges = AwsRanges(NOW, NamedPrefixes(()))
    checks: list[Check] = [
        ("AWS's ranges", lambda: check_renewal(fail)),
        ("AWS's ranges", lambda: check_ranges(lambda: ranges, NOW)),
    ]
    assert [render_finding(each) for each in examine(checks)] == [
        "mend  AWS's ranges: https://a.example could not be copied (HTTP status 403).",
        "ok    AWS's ranges, of 2026-11-20 12:00 UTC",
    ]
    assert list(check_renewal(lambda: None)) == []


def test_names_of_hosts() -> None:
    assert [render_finding(each) for each in check_host_names("eu-central-1", lambda: None)] == [
        "ok    EC2 names hosts in eu-central-1"
    ]


def test_scopes_that_are_missing() -> None:
    assert mends(World(scopes=("commands", "chat:write"))) == [
        "mend  Slack's scopes: add chat:write.public, files:write to the app and install it again."
    ]


def test_errors_are_findings() -> None:
    """What the adapters say stands in the line as it is."""
    assert mends(World(broken="registry")) == ["mend  expansions: A bucket is missing."]
    assert mends(World(broken="socket")) == [
        "mend  Slack's app-level token: Slack answered invalid_auth: the token is not valid"
    ]


def test_a_finding_without_advice_is_well() -> None:
    assert render_finding(Finding("all")) == "ok    all"


def test_the_plan_names_only_columns_that_are_there() -> None:
    """As the bot's own statement does."""
    world = World()
    look(world)
    world.tables["vpcflowlogstable"] = LOGS | {"traffic_path": "int"}
    look(world)
    assert ["BETWEEN 1 AND 62 THEN traffic_path" in statement for statement in world.statements] == [
        False,
        True,
    ]
