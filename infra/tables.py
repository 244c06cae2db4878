"""The tables over flow logs and expansions, declared once: for CloudFormation, and as DDL by hand.

vpcflowlogstable    what the scans read; partitioned by account, Region and day (yyyy/MM/dd)
vpcflowlogshive     the same files in the Hive layout, whose path has a year, a month and a day apart;
                    vpcflowlogstable is then a view over it
cidrtable           the expansions, `cidr,ip`
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, PARTITIONS, Type

FLOW_TABLE, HIVE_TABLE, CIDR_TABLE = "vpcflowlogstable", "vpcflowlogshive", "cidrtable"

CIDR_COLUMNS: dict[str, Type] = {"cidr": Type.STRING, "ip": Type.STRING}

HIVE_PARTITIONS: dict[str, Type] = {
    "aws_account_id": Type.STRING,
    "aws_region": Type.STRING,
    "year": Type.STRING,
    "month": Type.STRING,
    "day": Type.STRING,
}
"""The partition columns of the Hive layout: no projection writes one date in three places of a path."""

_NAMES = tuple(FIELDS)

FORMATS: dict[str, tuple[str, ...]] = {
    "v2-default": DEFAULT_FORMAT,
    "v5-all-fields": _NAMES[: _NAMES.index("traffic_path") + 1],
    "parquet": _NAMES,
}
"""The columns of each kind of file. Text maps by position; Parquet by name, so it has every field."""

_VIEW_TYPES = {Type.STRING: "varchar", Type.INT: "integer", Type.BIGINT: "bigint"}
_DAY = "year || '/' || month || '/' || day"


@dataclass(frozen=True)
class FlowTable:
    """A table over one bucket's flow logs.

    `columns` are the record's, in the order of the file where it is text; `root` is the folder above
    `AWSLogs`, `s3://bucket/` with an optional prefix; `start` is the first day, yyyy/MM/dd; `accounts` and
    `regions` are all that are in the bucket.
    """

    columns: tuple[str, ...] = DEFAULT_FORMAT
    parquet: bool = False
    hive: bool = False
    root: str = "s3://amzn-s3-demo-bucket/"
    start: str = "2024/01/01"
    accounts: tuple[str, ...] = ("123456789012",)
    regions: tuple[str, ...] = ("us-east-1",)

    @property
    def name(self) -> str:
        """The table's name; in the Hive layout the view has the name that the scans use."""
        return HIVE_TABLE if self.hive else FLOW_TABLE

    @property
    def partitions(self) -> Mapping[str, Type]:
        """The partition columns."""
        return HIVE_PARTITIONS if self.hive else PARTITIONS

    @property
    def properties(self) -> dict[str, str]:
        """The table's properties: where each projected partition lies, and which there are."""
        header = {} if self.parquet else {"skip.header.line.count": "1"}
        return {
            "EXTERNAL": "TRUE",
            **header,
            "projection.enabled": "true",
            "projection.aws_account_id.type": "enum",
            "projection.aws_account_id.values": ",".join(self.accounts),
            "projection.aws_region.type": "enum",
            "projection.aws_region.values": ",".join(self.regions),
            **(_project_hive_days(self.start) if self.hive else _project_days(self.start)),
            "storage.location.template": f"{self.root}AWSLogs/{HIVE_PATH if self.hive else PLAIN_PATH}",
        }


PLAIN_PATH = "${aws_account_id}/vpcflowlogs/${aws_region}/${day}"
HIVE_PATH = (
    "aws-account-id=${aws_account_id}/aws-service=vpcflowlogs/aws-region=${aws_region}/"
    "year=${year}/month=${month}/day=${day}"
)


def _project_days(start: str) -> dict[str, str]:
    return {
        "projection.day.type": "date",
        "projection.day.format": "yyyy/MM/dd",
        "projection.day.range": f"{start},NOW",
        "projection.day.interval": "1",
        "projection.day.interval.unit": "DAYS",
    }


def _project_hive_days(start: str) -> dict[str, str]:
    """Days that no calendar has, such as 02/31, are projected too: their folders are empty."""
    return {
        "projection.year.type": "date",
        "projection.year.format": "yyyy",
        "projection.year.range": f"{start[:4]},NOW",
        "projection.year.interval": "1",
        "projection.year.interval.unit": "YEARS",
        "projection.month.type": "integer",
        "projection.month.range": "1,12",
        "projection.month.digits": "2",
        "projection.day.type": "integer",
        "projection.day.range": "1,31",
        "projection.day.digits": "2",
    }


def build_view_sql(columns: Sequence[str]) -> str:
    """The statement of the view that gives the Hive layout's table the plain one's columns."""
    names = ", ".join(['"end"' if name == "end" else name for name in columns])
    return f"SELECT {names}, aws_account_id, aws_region, {_DAY} AS day FROM {HIVE_TABLE}"  # noqa: S608 - names


def build_view(columns: Sequence[str], database: str) -> str:
    """The view as the catalogue keeps it: JSON, which a table's ViewOriginalText holds in base64."""
    typed = {name: FIELDS[name] for name in columns} | PARTITIONS
    view = {
        "originalSql": build_view_sql(columns),
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [{"name": name, "type": _VIEW_TYPES[kind]} for name, kind in typed.items()],
    }
    return json.dumps(view)


def render_flow_ddl(table: FlowTable) -> str:
    """The table as Athena's DDL, with the view below it in the Hive layout."""
    view = (
        f"\nCREATE OR REPLACE VIEW {FLOW_TABLE} AS\n{build_view_sql(table.columns)};\n" if table.hive else ""
    )
    return "\n".join(_render_flow_lines(table)) + "\n" + view


def _render_flow_lines(table: FlowTable) -> Iterator[str]:
    yield f"CREATE EXTERNAL TABLE IF NOT EXISTS {table.name} ("
    yield _render_columns({name: FIELDS[name] for name in table.columns})
    yield ")"
    yield "PARTITIONED BY ("
    yield _render_columns(table.partitions)
    yield ")"
    yield "STORED AS PARQUET" if table.parquet else "ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '"
    yield f"LOCATION '{table.root}AWSLogs/'"
    yield "TBLPROPERTIES ("
    yield ",\n".join(f"    '{key}' = '{value}'" for key, value in table.properties.items())
    yield ");"


def render_cidr_ddl(location: str = "s3://amzn-s3-demo-bucket1/cidr/") -> str:
    """`cidrtable` as Athena's DDL; nothing but expansions may lie at `location`."""
    return (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS {CIDR_TABLE} (\n"
        f"{_render_columns(CIDR_COLUMNS)}\n"
        ")\n"
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','\n"
        f"LOCATION '{location}';\n"
    )


def _render_columns(columns: Mapping[str, Type]) -> str:
    return ",\n".join(f"    `{name}` {kind}" for name, kind in columns.items())
