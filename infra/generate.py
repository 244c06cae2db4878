"""Writes what is told elsewhere into the stack's template, the tables' DDL and the store's.

    python -m infra.generate            write infra/vpccidr.yaml's generated parts, sql/tables/*.sql and the
                                        tables of a new store
    python -m infra.generate ddl ...    print the DDL of a table over files of another kind

A generated part of the template stands between `# begin NAME` and `# end NAME`; all else is written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.domain.flowlog import FIELDS, PARTITIONS
from infra.lambda_code import build_lambda_code
from infra.store_tables import render_store_ddl
from infra.tables import (
    CIDR_COLUMNS,
    FORMATS,
    HIVE_PATH,
    PLAIN_PATH,
    FlowTable,
    build_view,
    render_cidr_ddl,
    render_flow_ddl,
)

ROOT = Path(__file__).parent.parent
TEMPLATE = Path("infra", "vpccidr.yaml")
_TABLES = Path("sql", "tables")
_STORE_TABLES = Path("bot", "adapters", "migrations", "schema.sql")

_PART = re.compile(
    r"^(?P<indent> *)# begin (?P<name>[\w -]+)\n.*?^(?P=indent)# end (?P=name)\n", re.MULTILINE | re.DOTALL
)
_HEAD = (
    "-- {} Replace the bucket{}.\n"
    "-- Written by `python -m infra.generate`, whose `ddl` prints it for other kinds of files.\n"
)


def _keep_braces(path: str) -> str:
    """The path as Fn::Sub leaves it alone."""
    return path.replace("${", "${!")


_LAYOUTS = {"plain": FlowTable(), "hive": FlowTable(hive=True)}

_DECIDED = {
    "skip.header.line.count": "!If [IsParquet, !Ref AWS::NoValue, '1']",
    "projection.aws_account_id.values": "!If [HasAccounts, !Ref Accounts, !Ref AWS::AccountId]",
    "projection.aws_region.values": "!If [HasRegions, !Ref Regions, !Ref AWS::Region]",
}
"""The properties that the stack's parameters decide, as YAML."""

_ROOT = "s3://${FlowLogsBucket}/${FlowLogsPrefix}AWSLogs/"
_YEAR = "{Year: !Select [0, !Split [/, !Ref StartDate]]}"

_DECIDED_IN = {
    "plain": {
        "projection.day.range": "!Sub '${StartDate},NOW'",
        "storage.location.template": f"!Sub '{_ROOT}{_keep_braces(PLAIN_PATH)}'",
    },
    "hive": {
        "projection.year.range": f"!Sub ['${{Year}},NOW', {_YEAR}]",
        "storage.location.template": f"!Sub '{_ROOT}{_keep_braces(HIVE_PATH)}'",
    },
}
"""And those that they decide in one layout only."""


def build_files(template: str) -> dict[Path, str]:
    """Every file that is written, whole, by its path below the project's root."""
    flow_head = _HEAD.format("Flow logs in the default format, as text.", ", account, Region and start")
    cidr_head = _HEAD.format("The expansions of blocks, and nothing else, below one prefix.", "")
    return {
        TEMPLATE: fill_template(template),
        _TABLES / "vpcflowlogstable.sql": flow_head + render_flow_ddl(FlowTable()),
        _TABLES / "cidrtable.sql": cidr_head + render_cidr_ddl(),
        _STORE_TABLES: render_store_ddl(),
    }


def fill_template(template: str) -> str:
    """The template with each generated part written anew. Raises KeyError for a part that nobody knows."""
    parts = _build_parts()
    return _PART.sub(lambda match: _fill_part(match, parts), template)


def _fill_part(match: re.Match[str], parts: dict[str, list[str]]) -> str:
    indent, name = match["indent"], match["name"]
    lines = [f"# begin {name}", *parts[name], f"# end {name}"]
    return "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)


def _build_parts() -> dict[str, list[str]]:
    parts = {"lambda code": build_lambda_code().splitlines()}
    parts["columns of cidrtable"] = _render_columns(CIDR_COLUMNS)
    for layout, table in _LAYOUTS.items():
        parts[f"partitions of {layout}"] = _as_item(_render_columns(table.partitions))
        parts[f"properties of {layout}"] = _as_item(_render_properties(layout))
    for name, columns in FORMATS.items():
        typed = {column: FIELDS[column] for column in columns}
        parts[f"columns of {name}"] = _as_item(_render_columns(typed))
        parts[f"view columns of {name}"] = _as_item(_render_columns(typed | PARTITIONS))
        parts[f"view of {name}"] = _as_item(_render_view(columns))
    return parts


def _as_item(lines: Sequence[str]) -> list[str]:
    """The lines as one item of a YAML list."""
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def _render_columns(columns: Mapping[str, str]) -> list[str]:
    return [f"- {{Name: {name}, Type: {kind}}}" for name, kind in columns.items()]


def _render_properties(layout: str) -> list[str]:
    """The table's properties, with the stack's parameters in the place of a table's own values."""
    values = {key: f"'{value}'" for key, value in _LAYOUTS[layout].properties.items()}
    return [f"{key}: {value}" for key, value in (values | _DECIDED | _DECIDED_IN[layout]).items()]


def _render_view(columns: Sequence[str]) -> list[str]:
    """The view as one quoted scalar of YAML, folded: each line's end is read as a space."""
    quoted = build_view(columns, "${DatabaseName}").replace("'", "''")
    lines = textwrap.wrap(quoted, 90, break_long_words=False, break_on_hyphens=False)
    return [f"!Sub '{lines[0]}", *lines[1:-1], f"{lines[-1]}'"]


def parse_log_format(text: str) -> tuple[str, ...]:
    """The columns of a flow log's own format, `${version} ${account-id} ...`. Raises ValueError."""
    names = tuple(name.replace("-", "_") for name in re.findall(r"\$\{([a-z0-9-]+)\}", text))
    unknown = [name for name in names if name not in FIELDS]
    if unknown or not names:
        raise ValueError(f"not the format of a flow log: {', '.join(unknown) or text}")
    return names


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files, or print one table's DDL."""
    options = _build_parser().parse_args(arguments)
    if options.command == "ddl":
        sys.stdout.write(_render_ddl(options))
        return
    for path, text in build_files((ROOT / TEMPLATE).read_text()).items():
        (ROOT / path).write_text(text)


def _render_ddl(options: argparse.Namespace) -> str:
    columns = parse_log_format(options.log_format) if options.log_format else FlowTable.columns
    return render_flow_ddl(
        FlowTable(
            FORMATS["parquet"] if options.parquet else columns,
            options.parquet,
            options.hive,
            options.root,
            options.start,
            tuple(options.accounts.split(",")),
            tuple(options.regions.split(",")),
        )
    )


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m infra.generate", description="Writes templates and DDL.")
    ddl = parser.add_subparsers(dest="command").add_parser(
        "ddl", help="print the DDL of a table of flow logs"
    )
    ddl.add_argument("--log-format", help="the flow log's format, as AWS shows it: '${version} ...'")
    ddl.add_argument("--parquet", action="store_true", help="the files are Parquet: any format will do")
    ddl.add_argument("--hive", action="store_true", help="the prefixes are Hive-compatible")
    ddl.add_argument("--root", default=FlowTable.root, help="the folder above AWSLogs, ending in a slash")
    ddl.add_argument("--start", default=FlowTable.start, help="the first day, yyyy/MM/dd")
    ddl.add_argument("--accounts", default=",".join(FlowTable.accounts), help="separated by commas")
    ddl.add_argument("--regions", default=",".join(FlowTable.regions), help="separated by commas")
    return parser


if __name__ == "__main__":
    main()
