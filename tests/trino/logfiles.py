"""Flow logs as AWS delivers them to one table: one layout, one format, nothing that Athena cannot read."""

from __future__ import annotations

import gzip
from collections import defaultdict
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from tests.oracle.logfiles import V2, V5, _build_row, _build_table, _File, _new_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.oracle.logset import LogSet, Record, Source

FIELDS = {"v2-default": V2, "v5-all-fields": V5, "parquet": V5}


@dataclass(frozen=True)
class Kind:
    """How one flow log is delivered: a format of infra/'s tables, and the layout."""

    form: str
    hive: bool


KINDS = [Kind(form, hive) for form in FIELDS for hive in (False, True)]


def write_logset(logset: LogSet, kind: Kind, folder: Path) -> None:
    """Write every record of the set below `folder`, in one or two files for each partition."""
    rng = Random(logset.seed)  # noqa: S311  repeatable, not secret
    sources = {(source.account, source.region): source for source in logset.sources}
    parts = defaultdict(list)
    for record in logset.records:
        parts[record.account, record.region, record.day, rng.random() < 0.3].append(record)
    for (account, region, day, _), records in parts.items():
        source = place_source(sources[account, region], kind)
        suffix = "log.parquet" if kind.form == "parquet" else "log.gz"
        write_file(rng, _new_path(rng, folder, source, day, suffix), kind, records)


def silence(logset: LogSet, kind: Kind) -> LogSet:
    """The log set without what the kind's format cannot tell."""
    if "traffic-path" in FIELDS[kind.form]:
        return logset
    records = (
        replace(record, traffic_path=None, src_service=None, dst_service=None) for record in logset.records
    )
    return replace(logset, records=tuple(records))


def place_source(source: Source, kind: Kind) -> Source:
    """The same account and Region, delivering in the kind's layout."""
    return replace(source, hive=kind.hive)


def write_file(rng: Random, path: Path, kind: Kind, records: Sequence[Record]) -> None:
    """Write one file of the format."""
    rows = [_build_row(rng, record) for record in records]
    if kind.form == "parquet":
        pq.write_table(_build_table(rng, _File(tuple(FIELDS[kind.form]), "aws"), rows), path)
        return
    lines = [
        " ".join("-" if row[name] is None else str(row[name]) for name in FIELDS[kind.form]) for row in rows
    ]
    path.write_bytes(gzip.compress("\n".join([" ".join(FIELDS[kind.form]), *lines, ""]).encode()))
