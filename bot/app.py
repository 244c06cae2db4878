"""The one place that builds things from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from slack_bolt import App

from bot.adapters.athena_engine import AthenaEngine, AthenaOptions
from bot.adapters.aws import build_athena_client, build_s3_client, parse_place
from bot.adapters.bucket_store import BucketBlockStore
from bot.adapters.duckdb_engine import DuckDBEngine, ExpansionFiles
from bot.adapters.duckdb_reports import DuckDBReports
from bot.adapters.folder import ExpansionCopies, ExpansionFolder
from bot.adapters.log_sizes import FolderSizes, S3Sizes
from bot.adapters.s3_expansions import S3Expansions
from bot.adapters.slack import SlackChat, build_client
from bot.adapters.store import SqlBlockStore, name_file, parse_store_url
from bot.domain.estimate import Threshold
from bot.domain.options import Limits
from bot.domain.price import price_scan
from bot.listeners.buttons import ButtonListener
from bot.listeners.commands import CommandListener
from bot.services.asking import Asker
from bot.services.estimates import Estimates, price_nothing
from bot.services.ports import Engine, Estimator
from bot.services.registry import Registry
from bot.services.runs import Runs
from bot.settings import ATHENA, Settings, SettingsError


def build_limits(settings: Settings) -> Limits:
    """What the grammar may take."""
    return Limits(
        largest_prefix=settings.largest_prefix,
        largest_days=settings.largest_days,
        raw_rows=settings.raw_rows,
        home_configured=bool(settings.home),
    )


def build_registry(settings: Settings) -> Registry:
    """The registry over the data folder, or over a bucket where one is named. Raises OperatorError."""
    url = (
        parse_store_url(settings.store_url)
        if settings.store_url
        else name_file(settings.data_dir / "vpccidr.db")
    )
    names = SqlBlockStore(url)
    if not settings.cidr_bucket:
        return Registry(names, _build_folder(settings), settings.home)
    bucket = build_s3_expansions(settings)
    return Registry(BucketBlockStore(names, bucket.find_blocks), bucket, settings.home)


def build_engine(settings: Settings) -> Engine:
    """The engine of the settings. Raises SettingsError, and EngineError where AWS cannot be spoken to."""
    if settings.engine == ATHENA:
        results = settings.data_dir / "results"
        return AthenaEngine(build_athena_client(), build_s3_client(), build_athena_options(settings), results)
    if not settings.logs:
        raise SettingsError("Nobody said where the flow logs are: set VPCCIDR_LOGS, or use --logs.")
    return DuckDBEngine(
        settings.logs, _build_files(settings), settings.data_dir / "results", settings.scans_at_once
    )


def build_athena_options(settings: Settings) -> AthenaOptions:
    """How queries run on Athena. Raises SettingsError where something that it needs is missing."""
    needed = {
        "VPCCIDR_ATHENA_DATABASE": settings.athena_database,
        "VPCCIDR_ATHENA_WORKGROUP": settings.athena_workgroup,
        "VPCCIDR_CIDR_BUCKET": settings.cidr_bucket,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SettingsError(f"Athena needs {' and '.join(missing)}; the stack's outputs name them.")
    return AthenaOptions(
        database=settings.athena_database,
        work_group=settings.athena_workgroup,
        catalog=settings.athena_catalog,
        output=settings.athena_output,
        reuse_minutes=settings.athena_reuse_minutes,
        queries_at_once=settings.athena_queries_at_once,
        usd_per_tb=settings.usd_per_tb,
    )


def build_estimator(settings: Settings) -> Estimator | None:
    """What weighs the logs; None where the bot does not know where they are."""
    if settings.engine != ATHENA:
        return FolderSizes(settings.logs)
    if not settings.logs.startswith("s3://"):
        return None
    return S3Sizes(build_s3_client(), parse_place(settings.logs), settings.log_accounts, settings.log_regions)


def build_estimates(settings: Settings) -> Estimates | None:
    """What weighs questions before they run; on the embedded engine, which is free, only where asked for."""
    threshold = Threshold(settings.ask_above_usd, settings.ask_above_gb * 10**9)
    estimator = build_estimator(settings)
    if settings.engine == ATHENA:
        price = partial(price_scan, usd_per_tb=settings.usd_per_tb)
        return Estimates(estimator, price, threshold) if estimator else None
    return Estimates(estimator, price_nothing, threshold) if estimator and settings.ask_above_gb else None


def build_asker(settings: Settings, engine: Engine) -> Asker:
    """What asks one question and waits."""
    return Asker(engine, DuckDBReports(), settings.max_rows)


def build_s3_expansions(settings: Settings) -> S3Expansions:
    """The expansions in the bucket of the settings. Raises EngineError."""
    return S3Expansions(build_s3_client(), parse_place(settings.cidr_bucket))


def _build_folder(settings: Settings) -> ExpansionFolder:
    return ExpansionFolder(settings.data_dir / "expansions")


def _build_files(settings: Settings) -> ExpansionFiles:
    """The expansions as files: the registry's own, or copies of what lies in its bucket."""
    folder = _build_folder(settings)
    return ExpansionCopies(build_s3_expansions(settings), folder) if settings.cidr_bucket else folder


@dataclass(frozen=True)
class Bot:
    """The bot, built and not yet started."""

    app: App
    runs: Runs
    engine: Engine

    def start(self) -> None:
        """Take questions."""
        self.runs.start()

    def stop(self) -> None:
        """End what is under way, with a word to those who asked."""
        self.app.listener_runner.listener_executor.shutdown()  # whoever is being answered is answered
        self.runs.stop()
        self.engine.close()


def build_bot(settings: Settings) -> Bot:
    """The bot as Slack sees it. Raises SettingsError."""
    if not settings.slack_bot_token:
        raise SettingsError("The bot's token is missing: set SLACK_BOT_TOKEN (xoxb-…).")
    engine = build_engine(settings)
    client = build_client(settings.slack_api_url, settings.slack_bot_token)
    registry = build_registry(settings)
    runs = Runs(
        registry,
        engine,
        DuckDBReports(),
        SlackChat(client),
        max_rows=settings.max_rows,
        estimates=build_estimates(settings),
    )
    app = App(client=client, signing_secret=settings.slack_signing_secret, token_verification_enabled=False)
    CommandListener(registry, runs, build_limits(settings)).register(app)
    ButtonListener(runs, build_limits(settings)).register(app)
    return Bot(app, runs, engine)
