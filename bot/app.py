"""The one place that builds things from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from slack_bolt import App

from bot.adapters.duckdb_engine import DuckDBEngine
from bot.adapters.duckdb_reports import DuckDBReports
from bot.adapters.folder import ExpansionFolder
from bot.adapters.slack import SlackChat, build_client
from bot.adapters.store import SqlBlockStore
from bot.domain.options import Limits
from bot.listeners.commands import CommandListener
from bot.services.asking import Asker
from bot.services.registry import Registry
from bot.services.runs import Runs
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


@dataclass(frozen=True)
class Bot:
    """The bot, built and not yet started."""

    app: App
    runs: Runs
    engine: DuckDBEngine

    def start(self) -> None:
        """Take questions."""
        self.runs.start()

    def stop(self) -> None:
        """End what is under way, with a word to those who asked."""
        self.runs.stop()
        self.engine.close()


def build_bot(settings: Settings) -> Bot:
    """The bot as Slack sees it. Raises SettingsError."""
    if not settings.slack_bot_token:
        raise SettingsError("The bot's token is missing: set SLACK_BOT_TOKEN (xoxb-…).")
    engine = build_engine(settings)
    client = build_client(settings.slack_api_url, settings.slack_bot_token)
    registry = build_registry(settings)
    runs = Runs(registry, engine, DuckDBReports(), SlackChat(client), max_rows=settings.max_rows)
    app = App(client=client, signing_secret=settings.slack_signing_secret, token_verification_enabled=False)
    CommandListener(registry, runs, build_limits(settings)).register(app)
    return Bot(app, runs, engine)
