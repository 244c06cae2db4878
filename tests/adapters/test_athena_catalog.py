"""The doctor's look at Athena, through PyAthena."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from bot.adapters.athena_catalog import AthenaCatalog
from bot.errors import EngineError
from bot.services.doctor import WorkGroup
from tests.adapters.athena_stub import LOCATION, OPTIONS


@pytest.fixture
def catalog() -> AthenaCatalog:
    return AthenaCatalog(OPTIONS)


@pytest.fixture
def athena(catalog: AthenaCatalog) -> Iterator[Stubber]:
    logging.getLogger("pyathena").setLevel(logging.CRITICAL)
    with Stubber(catalog.connection.client) as stub:
        yield stub
        stub.assert_no_pending_responses()
    catalog.close()


def test_the_work_group(catalog: AthenaCatalog, athena: Stubber) -> None:
    settings = {
        "EnforceWorkGroupConfiguration": True,
        "BytesScannedCutoffPerQuery": 10**10,
        "ResultConfiguration": {"OutputLocation": "s3://vpccidr-results/"},
    }
    group = {"Name": "vpccidr", "State": "ENABLED", "Configuration": settings}
    athena.add_response("get_work_group", {"WorkGroup": group}, {"WorkGroup": "vpccidr"})
    assert catalog.read_work_group() == WorkGroup(
        "vpccidr",
        is_enabled=True,
        is_enforced=True,
        cutoff_bytes=10**10,
        output="s3://vpccidr-results/",
        keeps_results=False,
    )


def test_a_work_group_that_is_missing(catalog: AthenaCatalog, athena: Stubber) -> None:
    athena.add_client_error("get_work_group", "InvalidRequestException", "WorkGroup vpccidr is not found.")
    with pytest.raises(EngineError, match=r"could not read the work group vpccidr, .* is not found\."):
        catalog.read_work_group()


def test_columns_and_partitions(catalog: AthenaCatalog, athena: Stubber) -> None:
    """Partition keys are columns to a statement."""
    table = {
        "Name": "vpcflowlogstable",
        "Columns": [{"Name": "srcaddr", "Type": "string"}],
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
    }
    athena.add_response(
        "get_table_metadata",
        {"TableMetadata": table},
        {
            "CatalogName": "AwsDataCatalog",
            "DatabaseName": "vpccidr",
            "TableName": "vpcflowlogstable",
            "WorkGroup": "vpccidr",
        },
    )
    assert catalog.read_columns("vpcflowlogstable") == {"srcaddr": "string", "day": "string"}


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        (
            "MetadataException",
            "EntityNotFoundException: Entity Not Found",
            "There is no table cidrtable in AwsDataCatalog.vpccidr: create the stack, or set "
            "VPCCIDR_ATHENA_DATABASE.",
        ),
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: athena:GetTableMetadata on resource: y",
            "AWS does not let the bot read the table cidrtable; its role needs athena:GetTableMetadata "
            "(vpccidr doctor checks everything).",
        ),
    ],
)
def test_a_table_that_cannot_be_read(
    catalog: AthenaCatalog, athena: Stubber, code: str, message: str, sentence: str
) -> None:
    athena.add_client_error("get_table_metadata", code, message)
    with pytest.raises(EngineError) as caught:
        catalog.read_columns("cidrtable")
    assert str(caught.value) == sentence


def test_a_plan(catalog: AthenaCatalog, athena: Stubber) -> None:
    """EXPLAIN is run in the bot's own work group, as its scans are."""
    _start(athena)
    athena.add_response("get_query_execution", {"QueryExecution": _execution("SUCCEEDED")})
    rows = {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}}
    athena.add_response("get_query_results", rows)
    assert catalog.explain("SELECT 1") == LOCATION


def test_a_plan_that_fails(catalog: AthenaCatalog, athena: Stubber) -> None:
    _start(athena)
    athena.add_response("get_query_execution", {"QueryExecution": _execution("FAILED", "TABLE_NOT_FOUND: x")})
    with pytest.raises(EngineError, match=r"^Athena could not plan a scan: .*TABLE_NOT_FOUND: x\.$"):
        catalog.explain("SELECT 1")


def test_a_catalogue_that_was_never_asked_closes() -> None:
    AthenaCatalog(OPTIONS).close()


def _start(athena: Stubber) -> None:
    athena.add_response("start_query_execution", {"QueryExecutionId": "q-1"})


def _execution(state: str, reason: str = "") -> dict[str, object]:
    return {
        "QueryExecutionId": "q-1",
        "Query": "EXPLAIN SELECT 1",
        "StatementType": "UTILITY",
        "Status": {"State": state, "StateChangeReason": reason},
        "ResultConfiguration": {"OutputLocation": LOCATION},
        "WorkGroup": "vpccidr",
    }
