"""The one place that builds things from the settings."""

from __future__ import annotations

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.duckdb_reports import DuckDBReports
from bot.adapters.folder import ExpansionFolder
from bot.adapters.store import SqlBlockStore
from bot.domain.options import Limits
from bot.services.asking import Asker
from bot.services.registry import Registry
from bot.settings import Settings, SettingsError


def build_limits(settings: Settings) -> Limits:
    """What the grammar may take."""
    return Limits(
        largest_prefix=settings.largest_prefix,
        largest_days=settings.largest_days,
        raw_rows=settings.raw_rows,
        home_configured=bool(settings.home),
    )


def build_registry(settings: Settings) -> Registry:
    """The registry over the data folder."""
    store = SqlBlockStore(settings.data_dir / "vpccidr.db")
    return Registry(store, _build_expansions(settings), settings.home)


def build_engine(settings: Settings) -> DuckDBEngine:
    """The embedded engine. Raises SettingsError where nobody said where the logs are."""
    if not settings.logs:
        raise SettingsError("Nobody said where the flow logs are: set VPCCIDR_LOGS, or use --logs.")
    results = settings.data_dir / "results"
    return DuckDBEngine(settings.logs, _build_expansions(settings), results, settings.scans_at_once)


def build_asker(settings: Settings, engine: DuckDBEngine) -> Asker:
    """What asks one question and waits."""
    return Asker(engine, DuckDBReports(), settings.max_rows)


def _build_expansions(settings: Settings) -> ExpansionFolder:
    return ExpansionFolder(settings.data_dir / "expansions")
