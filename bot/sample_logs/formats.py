"""Log files as AWS writes them: gzip text or Parquet, in the default format or with the fields up to v5."""

import gzip
import io
from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from bot.sample_logs.network import (
    AWS_SERVICES,
    AZ_ID,
    INTERFACES,
    REGION,
    VPC_ID,
    Interface,
    choose_traffic_path,
)
from bot.sample_logs.records import Record

FileFormat = Literal["text", "parquet"]
Version = Literal[2, 5]
Value = str | int | None
Row = tuple[Value, ...]

SUFFIXES: dict[FileFormat, str] = {"text": "log.gz", "parquet": "log.parquet"}

V2_COLUMNS = ("version", *Record._fields[:13])
V5_COLUMNS = (
    *V2_COLUMNS,
    *("vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr"),
    *("region", "az_id", "sublocation_type", "sublocation_id"),
    *("pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path"),
)
COLUMNS: dict[Version, tuple[str, ...]] = {2: V2_COLUMNS, 5: V5_COLUMNS}

_INTEGERS = {
    **dict.fromkeys(("version", "srcport", "dstport", "protocol", "tcp_flags", "traffic_path"), pa.int32()),
    **dict.fromkeys(("packets", "bytes", "start", "end"), pa.int64()),
}
_INTERFACES = {interface.interface_id: interface for interface in INTERFACES}


def render_file(records: list[Record], file_format: FileFormat, version: Version) -> bytes:
    """Render a log file; equal records give equal bytes."""
    build_row = _ROW_BUILDERS[version]
    rows = [build_row(record) for record in records]
    return (_render_text if file_format == "text" else _render_parquet)(rows, COLUMNS[version])


def _build_v2_row(record: Record) -> Row:
    return (2, *record[:13])


def _build_v5_row(record: Record) -> Row:
    """Build the values of V5_COLUMNS; what AWS leaves out of NODATA and SKIPDATA records is None."""
    interface = _INTERFACES[record.interface_id]
    return (
        *(5, *record[:13]),
        *(VPC_ID, interface.subnet_id, interface.instance_id),
        *(record.tcp_flags, _choose_type(record), record.srcaddr, record.dstaddr),
        *(REGION, AZ_ID, None, None),
        *(AWS_SERVICES.get(record.srcaddr or ""), AWS_SERVICES.get(record.dstaddr or "")),
        *_choose_path(record, interface),
    )


_ROW_BUILDERS: dict[Version, Callable[[Record], Row]] = {2: _build_v2_row, 5: _build_v5_row}


def _choose_type(record: Record) -> str | None:
    if record.srcaddr is None:
        return None
    return "IPv6" if ":" in record.srcaddr else "IPv4"


def _choose_path(record: Record, interface: Interface) -> tuple[str | None, int | None]:
    """Choose flow-direction and traffic-path; AWS gives a path to outgoing records only."""
    if record.srcaddr is None or record.dstaddr is None:
        return None, None
    if record.srcaddr in interface.addresses:
        return "egress", choose_traffic_path(record.dstaddr)
    return "ingress", None


def _render_text(rows: list[Row], columns: tuple[str, ...]) -> bytes:
    lines = [" ".join(columns).replace("_", "-")]
    lines += [" ".join(["-" if value is None else str(value) for value in row]) for row in rows]
    # Without the time of writing in gzip's header, the same records are the same bytes.
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=6, mtime=0)


def _render_parquet(rows: list[Row], columns: tuple[str, ...]) -> bytes:
    arrays = [_build_array(name, [row[index] for row in rows]) for index, name in enumerate(columns)]
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(columns)), sink, compression="gzip")
    return sink.getvalue()


def _build_array(name: str, values: list[Value]) -> pa.Array:
    """Build a column; text columns carry AWS's `-` where numbers are null."""
    if name in _INTEGERS:
        return pa.array(values, _INTEGERS[name])
    return pa.array(["-" if value is None else value for value in values], pa.string())
