"""Writes the records of a log set as the files AWS would have delivered: layouts, formats, field orders."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from tests.oracle.logset import LogSet, Record, Source

V2 = [
    *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"),
    *("packets", "bytes", "start", "end", "action", "log-status"),
]
V3 = [*V2, "vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr"]
V5 = [
    *(*V3, "region", "az-id", "sublocation-type", "sublocation-id"),
    *("pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"),
]
INT32_FIELDS = {"version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"}
INT64_FIELDS = {"packets", "bytes", "start", "end"}


@dataclass(frozen=True)
class _File:
    """The format of one file: its fields in their order, and the columns' types if it is Parquet."""

    fields: tuple[str, ...]
    types: str | None


def write_logset(logset: LogSet, folder: Path) -> None:
    """Write every record of the set below folder, beside files that are no flow logs."""
    rng = Random(logset.seed)  # noqa: S311  repeatable, not secret
    sources = {(source.account, source.region): source for source in logset.sources}
    parts: defaultdict[tuple[Source, date], list[Record]] = defaultdict(list)
    for record in logset.records:
        parts[sources[record.account, record.region], record.day].append(record)
    for (source, day), records in parts.items():
        _write_day(rng, folder, source, day, records)
    for source, day in logset.unreadable:
        _new_path(rng, folder, source, day, "log.gz").write_bytes(b"this is not a gzip file\n" * 9)
    _write_neighbour(rng, folder, logset)


def _write_day(rng: Random, folder: Path, source: Source, day: date, records: list[Record]) -> None:
    """Split one source's day over a few files, one of which may hold nothing but its header."""
    count = rng.choice([1, 1, 2, 3])
    shares: list[list[Record]] = [[] for _ in range(count)]
    for record in records:
        rng.choice(shares).append(record)
    for share in shares:
        _write_file(rng, folder, source, day, share)


def _write_file(rng: Random, folder: Path, source: Source, day: date, records: list[Record]) -> None:
    form = _random_form(rng, [V5] if source.is_telling else [V2, V3])
    rows = [_build_row(rng, record) for record in records]
    if form.types is None:
        path = _new_path(rng, folder, source, day, "log.gz")
        path.write_bytes(gzip.compress(render_text(rng, form.fields, rows)))
    else:
        path = _new_path(rng, folder, source, day, "log.parquet")
        pq.write_table(_build_table(rng, form, rows), path)


def _random_form(rng: Random, formats: Sequence[list[str]]) -> _File:
    fields = list(rng.choice(formats))
    order = rng.choice(["as given", "alphabetical", "shuffled"])
    if order == "alphabetical":
        fields.sort()
    elif order == "shuffled":
        rng.shuffle(fields)
    types = rng.choice(["aws", "aws", "wide", "double"]) if rng.random() < 0.35 else None
    return _File(tuple(fields), types)


def _new_path(rng: Random, folder: Path, source: Source, day: date, suffix: str) -> Path:
    hour = rng.randrange(24)
    stamp = f"{day:%Y%m%d}T{hour:02}{rng.randrange(12) * 5:02}Z"
    unique = f"{rng.getrandbits(32):08x}"
    flow_log = f"fl-{rng.getrandbits(68):017x}"
    name = f"{source.account}_vpcflowlogs_{source.region}_{flow_log}_{stamp}_{unique}.{suffix}"
    place = folder / "AWSLogs" / _prefix(source, day) / _hour(source, hour) / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _prefix(source: Source, day: date) -> str:
    if source.hive:
        account = f"aws-account-id={source.account}/aws-service=vpcflowlogs/aws-region={source.region}"
        return f"{account}/year={day:%Y}/month={day:%m}/day={day:%d}"
    return f"{source.account}/vpcflowlogs/{source.region}/{day:%Y/%m/%d}"


def _hour(source: Source, hour: int) -> str:
    if not source.hourly:
        return ""
    return f"hour={hour:02}" if source.hive else f"{hour:02}"


def _write_neighbour(rng: Random, folder: Path, logset: LogSet) -> None:
    """Put another service's log beside ours, as buckets shared by several services have it."""
    if rng.random() < 0.2:
        source = logset.sources[0]
        place = (
            folder / "AWSLogs" / source.account / "CloudTrail" / source.region / f"{logset.days[0]:%Y/%m/%d}"
        )
        place.mkdir(parents=True)
        (place / "trail.json.gz").write_bytes(gzip.compress(b"{}"))


def _build_row(rng: Random, record: Record) -> dict[str, str | int | None]:
    """Give every field of the newest version for a record; its extra fields are there to mislead."""
    extra = {
        "version": rng.choice([2, 5]),
        "vpc-id": "vpc-0abc",
        "subnet-id": "subnet-0abc",
        "instance-id": rng.choice(["i-0abc", None]),
        "tcp-flags": rng.choice([0, 2, 18, 19]),
        "type": "IPv6" if ":" in (record.srcaddr or "") else "IPv4",
        "pkt-srcaddr": rng.choice([record.srcaddr, record.dstaddr, "10.0.0.1"]),
        "pkt-dstaddr": rng.choice([record.dstaddr, record.srcaddr, "10.1.0.1"]),
        "region": record.region,
        "az-id": "euw1-az1",
        "flow-direction": rng.choice(["ingress", "egress"]),
    }
    return {**dict.fromkeys(V5), **extra, **_own_fields(record)}


def _own_fields(record: Record) -> dict[str, str | int | None]:
    names = (
        "srcaddr",
        "dstaddr",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "action",
    )
    own = {name: getattr(record, name) for name in names}
    ids = {"account-id": record.account, "interface-id": record.interface, "log-status": record.status}
    services = {"pkt-src-aws-service": record.src_service, "pkt-dst-aws-service": record.dst_service}
    return {**own, **ids, **services, "traffic-path": record.traffic_path}


def render_text(rng: Random, fields: Sequence[str], rows: list[dict[str, str | int | None]]) -> bytes:
    """Render a text file, sometimes with an oddity seen in the wild that changes nothing it says."""
    header = " ".join(fields)
    lines = [" ".join("-" if row[name] is None else str(row[name]) for name in fields) for row in rows]
    oddity = rng.choice([*["none"] * 8, "repeat", "blank", "crlf", "spaces", "bom", "unfinished"])
    middle = rng.randrange(len(lines) + 1)
    if oddity in {"repeat", "blank"}:
        lines.insert(middle, header if oddity == "repeat" else "")
    if oddity == "spaces":
        lines = [line.replace(" ", "  ", 1) + " " for line in lines]
    text = "\n".join([header, *lines]) + ("" if oddity == "unfinished" else "\n")
    text = text.replace("\n", "\r\n") if oddity == "crlf" else text
    return text.encode("utf-8-sig" if oddity == "bom" else "utf-8")


def _build_table(rng: Random, form: _File, rows: list[dict[str, str | int | None]]) -> pa.Table:
    """Build the Parquet table; AWS names its columns with underscores there."""
    dash = rng.choice(["-", None])
    columns = {}
    for name in form.fields:
        kind = _column_type(form.types, name)
        empty = dash if pa.types.is_string(kind) else None
        values = [empty if row[name] is None else row[name] for row in rows]
        if name == "traffic-path":
            values = [_read_number(value) for value in values]
        columns[name.replace("-", "_")] = pa.array(values, kind)
    return pa.table(columns)


def _read_number(value: object) -> int | None:
    """What a column of numbers can hold of a text."""
    return int(str(value)) if re.fullmatch(r"-?\d{1,9}", str(value)) else None


def _column_type(types: str | None, name: str) -> pa.DataType:
    if name not in INT32_FIELDS | INT64_FIELDS:
        return pa.string()
    if types == "double":  # what a converter makes of integers with gaps
        return pa.float64()
    return pa.int32() if types == "aws" and name in INT32_FIELDS else pa.int64()
