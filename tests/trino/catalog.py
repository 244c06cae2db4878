"""The tables that infra/ declares, in the file metastore of a Trino server as Glue would hold them.

The properties are those of the declaration, word for word: only the place of the files is `local:///`
instead of `s3://`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.domain.flowlog import FIELDS
from infra.tables import CIDR_COLUMNS, CIDR_TABLE, FLOW_TABLE, build_view
from tests.trino.server import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.tables import FlowTable
    from tests.trino.server import TrinoServer

OWNER = "tests"


def write_flow_table(server: TrinoServer, schema: str, table: FlowTable) -> None:
    """Put the flow logs' table into the catalogue, and its view in the Hive layout."""
    description = {
        **_describe({name: FIELDS[name] for name in table.columns}, f"{table.root}AWSLogs/", " "),
        "partitionColumns": _describe_columns(table.partitions),
        "parameters": _spell_years(table.properties),
    }
    if table.parquet:
        description |= {"storageFormat": "PARQUET", "serdeParameters": {"serialization.format": "1"}}
    _write(server, schema, table.name, description)
    if table.name != FLOW_TABLE:
        _write(server, schema, FLOW_TABLE, _describe_view(table, schema))


def _spell_years(properties: Mapping[str, str]) -> dict[str, str]:
    """The same properties, but for an interval of years: Athena has it and Trino has not, so it counts."""
    if properties.get("projection.year.interval.unit") != "YEARS":
        return dict(properties)
    first = properties["projection.year.range"].removesuffix(",NOW")
    years = {"projection.year.type": "integer", "projection.year.range": f"{first},{datetime.now(UTC).year}"}
    kept = {key: value for key, value in properties.items() if not key.startswith("projection.year.")}
    return {**kept, **years}


def write_cidr_table(server: TrinoServer, schema: str, location: str) -> None:
    """Put the expansions' table into the catalogue."""
    description = _describe(CIDR_COLUMNS, location, ",")
    _write(server, schema, CIDR_TABLE, {**description, "parameters": {"EXTERNAL": "TRUE"}})


def _describe(columns: Mapping[str, str], location: str, delimiter: str) -> dict[str, Any]:
    return {
        "tableType": "EXTERNAL_TABLE",
        "dataColumns": _describe_columns(columns),
        "storageFormat": "TEXTFILE",  # LazySimpleSerDe over lines of text
        "serdeParameters": {"field.delim": delimiter, "serialization.format": delimiter},
        "externalLocation": location,
    }


def _describe_columns(columns: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "type": str(kind), "properties": {}} for name, kind in columns.items()]


def _describe_view(table: FlowTable, schema: str) -> dict[str, Any]:
    text = b64encode(build_view(table.columns, schema).encode()).decode()
    return {
        "tableType": "VIRTUAL_VIEW",
        "dataColumns": [{"name": "dummy", "type": "string", "properties": {}}],
        "parameters": {"presto_view": "true", "comment": "Presto View"},
        "viewOriginalText": f"/* Presto View: {text} */",
        "viewExpandedText": "/* Presto View */",
    }


def _write(server: TrinoServer, schema: str, name: str, description: dict[str, Any]) -> None:
    folder = server.files / "metastore" / schema / name
    folder.mkdir(parents=True)
    whole = {
        "writerVersion": VERSION,
        "owner": OWNER,
        "partitionColumns": [],
        "serdeParameters": {},
        "columnStatistics": {},
    }
    whole |= description
    (folder / ".trinoSchema").write_text(json.dumps(whole))
