"""Flow logs to measure with: as many records as asked for, in AWS's layout, the same each time.

A record's conversation is drawn so that a few are seen often and most seldom, as in real networks. Both ends
lie in 10.0.0.0/16 in four conversations of ten, one of them in 10.1.0.0/16 in one of ten, and the others
reach the internet. The rows are computed by DuckDB, which no generator in Python comes near.
"""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import duckdb

ACCOUNT, REGION = "123456789012", "us-east-1"
LAST_DAY = date(2026, 11, 20)
_DAY_S = 86_400

FileFormat = Literal["v2", "v5", "parquet"]


@dataclass(frozen=True)
class Shape:
    """A set of logs: its records over all `days`, its files a day, and the conversations to draw from."""

    records: int
    files_per_day: int = 2
    file_format: FileFormat = "v5"
    conversations: int = 200_000
    days: int = 10

    @property
    def name(self) -> str:
        """A folder's name."""
        return f"{self.file_format}-{self.records}-{self.conversations}-{self.days}x{self.files_per_day}"

    def list_days(self) -> list[date]:
        """The days, the last one last."""
        return [LAST_DAY - timedelta(days=ago) for ago in reversed(range(self.days))]


_DRAWN = """
SELECT
    i,
    CAST({conversations} * pow(hash(i) % 1000003 / 1000003.0, 2) AS BIGINT) AS conversation,
    hash(i + 7) AS luck,
    {midnight} + (i - {first_of_day}) * 86400 // {per_day} AS start
FROM range({first}, {last}) AS t(i)
"""
_KNOWN = """
SELECT
    *,
    hash(conversation) AS h,
    CASE
        WHEN h % 10 < 4 THEN '10.0.' || h // 16 % 4 || '.' || h // 64 % 250 + 1
        WHEN h % 10 = 4 THEN '10.1.' || h // 16 % 8 || '.' || h // 128 % 250 + 1
        WHEN h % 10 = 5 THEN '10.2.' || h // 16 % 8 || '.' || h // 128 % 250 + 1
        ELSE (h // 16 % 190 + 20) || '.' || h // 4096 % 256 || '.' || h // 65536 % 16 || '.' || h // 1048576 % 256
    END AS far,
    '10.0.' || conversation % 4 || '.' || conversation // 4 % 250 + 1 AS near,
    [443, 443, 443, 80, 53, 5432, 22, 8080][(h // 33554432 % 8 + 1)::INT] AS service,
    32768 + luck % 28000 AS ephemeral,
    luck // 32768 % 2 = 0 AS is_answer,
    luck // 65536 % 500 = 0 AS is_status
FROM drawn
"""
_V2 = """
    {version} AS version,
    '123456789012' AS "account-id",
    'eni-0' || printf('%016x', hash(conversation % 1000)) AS "interface-id",
    CASE WHEN is_status THEN '-' WHEN is_answer THEN far ELSE near END AS srcaddr,
    CASE WHEN is_status THEN '-' WHEN is_answer THEN near ELSE far END AS dstaddr,
    CASE WHEN is_status THEN NULL WHEN is_answer THEN service ELSE ephemeral END::INT AS srcport,
    CASE WHEN is_status THEN NULL WHEN is_answer THEN ephemeral ELSE service END::INT AS dstport,
    CASE WHEN is_status THEN NULL WHEN service = 53 THEN 17 ELSE 6 END::INT AS protocol,
    CASE WHEN is_status THEN NULL ELSE luck // 512 % 200 + 1 END::BIGINT AS packets,
    CASE WHEN is_status THEN NULL ELSE (luck // 512 % 200 + 1) * (40 + luck // 65536 % 1400) END::BIGINT AS bytes,
    start::BIGINT AS start,
    (start + 20 + luck // 1024 % 40)::BIGINT AS "end",
    CASE WHEN is_status THEN '-' WHEN h // 1024 % 20 = 0 THEN 'REJECT' ELSE 'ACCEPT' END AS action,
    CASE WHEN is_status THEN 'NODATA' ELSE 'OK' END AS "log-status"
"""
_V5 = """,
    'vpc-08266fc7efe5de381' AS "vpc-id",
    'subnet-0' || printf('%016x', hash(conversation % 4)) AS "subnet-id",
    CASE WHEN is_status THEN '-' ELSE 'i-0' || printf('%016x', hash(conversation % 1000 + 1)) END AS "instance-id",
    CASE WHEN is_status THEN NULL ELSE luck // 131072 % 4 * 2 END::INT AS "tcp-flags",
    CASE WHEN is_status THEN '-' ELSE 'IPv4' END AS type,
    srcaddr AS "pkt-srcaddr",
    dstaddr AS "pkt-dstaddr",
    'us-east-1' AS region,
    'use1-az1' AS "az-id",
    '-' AS "sublocation-type",
    '-' AS "sublocation-id",
    '-' AS "pkt-src-aws-service",
    '-' AS "pkt-dst-aws-service",
    CASE WHEN is_status THEN '-' WHEN is_answer THEN 'ingress' ELSE 'egress' END AS "flow-direction",
    CASE WHEN is_status OR is_answer THEN NULL ELSE 1 END::INT AS "traffic-path"
"""


def write_logs(folder: Path, shape: Shape) -> Path:
    """The folder with the logs of this shape below `folder`; what is there already is not written again."""
    root = folder / shape.name
    if not (root / "whole").exists():
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for number, day in enumerate(shape.list_days()):
                list(
                    pool.map(
                        lambda part, n=number, d=day: _write_file(root, shape, n, d, part),
                        range(shape.files_per_day),
                    )
                )
        (root / "whole").touch()
    return root


def _write_file(root: Path, shape: Shape, number: int, day: date, part: int) -> None:
    path = root / _place(shape, day, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 1}) as connection:
        if shape.file_format == "parquet":
            connection.execute(
                f"COPY ({_select(shape, number, day, part)}) TO '{path}' (FORMAT parquet, COMPRESSION gzip)"
            )
            _let_settle(path)
            return
        text = path.with_suffix(".text")
        connection.execute(
            f"COPY ({_select(shape, number, day, part)}) TO '{text}' (FORMAT csv, DELIMITER ' ', NULLSTR '-', QUOTE '')"
        )
    path.write_bytes(gzip.compress(text.read_bytes(), 6, mtime=0))
    text.unlink()
    _let_settle(path)


def _let_settle(path: Path) -> None:
    """Logs of days that are over were not written just now."""
    before = datetime.now(UTC).timestamp() - 3600
    os.utime(path, (before, before))


def _place(shape: Shape, day: date, part: int) -> Path:
    minute = part * 1440 // shape.files_per_day
    suffix = "log.parquet" if shape.file_format == "parquet" else "log.gz"
    name = f"{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_{day:%Y%m%d}T{minute // 60:02}{minute % 60:02}Z_{part:08x}"
    return Path("AWSLogs", ACCOUNT, "vpcflowlogs", REGION, f"{day:%Y/%m/%d}", f"{name}.{suffix}")


def _select(shape: Shape, number: int, day: date, part: int) -> str:
    per_day = shape.records // shape.days
    first_of_day = number * per_day
    drawn = _DRAWN.format(
        conversations=shape.conversations,
        midnight=int(datetime.combine(day, time(), UTC).timestamp()),
        first_of_day=first_of_day,
        per_day=per_day,
        first=first_of_day + part * per_day // shape.files_per_day,
        last=first_of_day + (part + 1) * per_day // shape.files_per_day,
    )
    fields = _V2.format(version=2) if shape.file_format == "v2" else _V2.format(version=5) + _V5
    return f"WITH drawn AS ({drawn}), known AS ({_KNOWN}) SELECT {fields} FROM known"
