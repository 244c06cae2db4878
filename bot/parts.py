"""The parts that the terminal and the bot share, built from the settings.

A question in a terminal waits for whatever is loaded here: nothing of Slack is, and what speaks to AWS or
PostgreSQL only where the settings name them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.block_store import SqlBlockStore
from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.folder import ExpansionFolder
from bot.adapters.log_cache import LogCache
from bot.adapters.sqlite_file import SqliteFile
from bot.domain.options import Limits
from bot.services.ports import Engine, Reports
from bot.services.registry import Registry
from bot.settings import ATHENA, Settings, SettingsError

if TYPE_CHECKING:
    from bot.adapters.aws_ranges import AwsRangesFile
    from bot.adapters.database import Database
    from bot.services.names import Names

_STORE = "vpccidr.db"


def build_limits(settings: Settings) -> Limits:
    """What the grammar may take."""
    return Limits(
        largest_prefix=settings.largest_prefix,
        largest_days=settings.largest_days,
        raw_rows=settings.raw_rows,
        home_configured=bool(settings.home),
    )


def build_database(settings: Settings) -> Database:
    """The store's database: PostgreSQL where a URL is given, else a file in the data folder.

    Raises StoreError.
    """
    from bot.adapters.database import Database, name_file, parse_store_url  # noqa: PLC0415

    if settings.store_url:
        return Database(parse_store_url(settings.store_url))
    return Database(name_file(settings.data_dir / _STORE))


def build_registry(settings: Settings, database: Database | None = None) -> Registry:
    """The registry over the data folder, or over a bucket where one is named. Raises OperatorError."""
    names = SqlBlockStore(database or _open_store(settings))
    if not settings.cidr_bucket:
        return Registry(names, ExpansionFolder(settings.data_dir / "expansions"), settings.home)
    from bot.adapters.bucket_store import BucketBlockStore  # noqa: PLC0415
    from bot.aws_parts import build_s3_expansions  # noqa: PLC0415

    bucket = build_s3_expansions(settings)
    return Registry(BucketBlockStore(names, bucket.find_blocks), bucket, settings.home)


def build_ranges(settings: Settings) -> AwsRangesFile | None:
    """AWS's list of its ranges; None where the settings name none."""
    if not settings.aws_ranges:
        return None
    from bot.adapters.aws_ranges import build_aws_ranges  # noqa: PLC0415

    return build_aws_ranges(settings.aws_ranges, settings.data_dir)


def build_names(settings: Settings, registry: Registry, ranges: AwsRangesFile | None) -> Names:
    """What names the addresses of messages and texts."""
    from bot.services.names import Names  # noqa: PLC0415

    if not settings.ec2_regions:
        return Names(registry, ranges)
    from bot.aws_parts import build_host_names  # noqa: PLC0415

    return Names(registry, ranges, build_host_names(settings))


def build_engine(settings: Settings) -> Engine:
    """The engine of the settings. Raises SettingsError, and EngineError where AWS cannot be spoken to."""
    results = name_results(settings)
    if settings.engine == ATHENA:
        from bot.aws_parts import build_athena_engine  # noqa: PLC0415

        return build_athena_engine(settings, results)
    if not settings.logs:
        raise SettingsError("Nobody said where the flow logs are: set VPCCIDR_LOGS, or use --logs.")
    copies = LogCache(settings.copies_dir or settings.data_dir / "copies", settings.copies_gb * 10**9)
    return DuckDBEngine(settings.logs, results, settings.scans_at_once, copies)


def build_reports() -> Reports:
    """What reads the result of a scan under way, whichever engine makes it. It loads DuckDB."""
    from bot.adapters.duckdb_reports import DuckDBReports  # noqa: PLC0415

    reports = DuckDBReports()
    reports.get_ready()
    return reports


def name_results(settings: Settings) -> Path:
    """The folder that holds the results of scans."""
    return settings.data_dir / "results"


def _open_store(settings: Settings) -> Database | SqliteFile:
    """The store, for whoever keeps no runs in it."""
    return build_database(settings) if settings.store_url else SqliteFile(settings.data_dir / _STORE)
