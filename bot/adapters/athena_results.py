"""The result of a finished query: streamed from S3 into a file."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.aws import AwsError, explain, is_gone, parse_place
from bot.domain.cost import Cost
from bot.domain.price import price_scan
from bot.errors import EngineError

if TYPE_CHECKING:
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef
    from mypy_boto3_s3 import S3Client

_log = logging.getLogger(__name__)
_CHUNK_BYTES = 2**20


def fetch_result(s3: S3Client, execution: QueryExecutionTypeDef, path: Path) -> None:
    """Write the query's CSV to `path`, which appears only when it is whole. Raises EngineError."""
    location = execution.get("ResultConfiguration", {}).get("OutputLocation", "")
    if not location.startswith("s3://"):
        raise EngineError(
            "Athena keeps the result to itself: turn managed query results off in the work group."
        )
    half = path.with_suffix(".half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _stream(s3, location, half)
        half.replace(path)
    except AwsError as error:
        _log.warning("the result at %s could not be read: %s", location, error)
        raise EngineError(_explain(error)) from error
    except OSError as error:
        raise EngineError(f"The result could not be written: {error.strerror}.") from error
    finally:
        half.unlink(missing_ok=True)


def price_execution(execution: QueryExecutionTypeDef, usd_per_tb: float) -> Cost:
    """What the query read and cost; a result that Athena had kept from an equal one costs nothing."""
    statistics = execution.get("Statistics", {})
    scanned_bytes = statistics.get("DataScannedInBytes", 0)
    if statistics.get("ResultReuseInformation", {}).get("ReusedPreviousResult"):
        return Cost(scanned_bytes, 0.0, is_reused=True)
    return price_scan(scanned_bytes, usd_per_tb)


def _stream(s3: S3Client, location: str, half: Path) -> None:
    place = parse_place(location)
    body = s3.get_object(Bucket=place.bucket, Key=place.prefix.rstrip("/"))["Body"]
    with half.open("wb") as file:
        for chunk in body.iter_chunks(_CHUNK_BYTES):
            file.write(chunk)


def _explain(error: Exception) -> str:
    if is_gone(error):
        return "The scan's result is gone from its bucket; ask again."
    return explain(error, "read the scan's result")
