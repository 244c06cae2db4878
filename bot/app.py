"""The bot as Slack sees it, built from the settings."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from slack_bolt import App
from slack_sdk import WebClient

from bot.adapters.aws import build_s3_client, parse_place
from bot.adapters.database import Database
from bot.adapters.duckdb_reports import DuckDBReports
from bot.adapters.log_sizes import FolderSizes, S3Sizes
from bot.adapters.monitoring import MonitoringServer
from bot.adapters.people import SlackPeople
from bot.adapters.process_lock import ProcessLock
from bot.adapters.prometheus import PrometheusMeter
from bot.adapters.result_folder import ResultFolder
from bot.adapters.run_store import SqlRunStore
from bot.adapters.slack import SlackChat, build_careful_client, build_client
from bot.adapters.user_groups import SlackUserGroups
from bot.adapters.watch_store import SqlWatchStore
from bot.domain.estimate import Threshold
from bot.domain.permission import Policy
from bot.domain.price import price_scan
from bot.domain.quota import Quota
from bot.errors import StoreError
from bot.listeners.buttons import ButtonListener
from bot.listeners.commands import CommandListener
from bot.listeners.desk import Desk
from bot.listeners.forms import FormListener
from bot.listeners.looks import LookListener
from bot.listeners.mentions import MentionListener
from bot.parts import (
    build_database,
    build_engine,
    build_limits,
    build_names,
    build_ranges,
    build_registry,
    name_results,
)
from bot.services.csv_delivery import CsvDelivery
from bot.services.driver import Driver, Pace
from bot.services.estimates import Estimates, price_nothing
from bot.services.housekeeping import Housekeeper
from bot.services.looks import Looks
from bot.services.names import Names
from bot.services.permissions import Permissions
from bot.services.ports import Chat, Engine, Estimator, RunStore
from bot.services.posting import Posting
from bot.services.registry import Registry
from bot.services.run_steps import RunSteps
from bot.services.runs import Runs
from bot.services.watches import News, Watches
from bot.services.watchman import Watchman
from bot.settings import ATHENA, Settings, SettingsError

_LISTENERS = 16
"""How many requests of Slack are taken at once; each waits for one commit at most."""


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


@dataclass(frozen=True)
class Bot:
    """The bot, built and not yet started."""

    app: App
    driver: Driver
    engine: Engine
    database: Database
    listeners: Executor
    store: SqlRunStore
    meter: PrometheusMeter
    lock: ProcessLock | None

    def start(self) -> None:
        """Take questions, and go on with those that an earlier process left. Raises StoreError."""
        if self.lock is not None:
            self.lock.take()
            self.store.free_all()
        self.driver.start()

    def find_fault(self) -> str:
        """Why the bot is not well; an empty text where it is."""
        try:
            self.store.count_by_state()
        except StoreError as error:
            return str(error)
        return self.driver.find_fault()

    def stop(self) -> None:
        """Finish what is nearly done, and leave the rest to the next start."""
        self.listeners.shutdown()  # whoever is being answered is answered
        self.driver.stop()
        self.engine.close()
        self.database.close()
        if self.lock is not None:
            self.lock.release()


def build_bot(settings: Settings) -> Bot:
    """The bot as Slack sees it. Raises SettingsError."""
    if not settings.slack_bot_token:
        raise SettingsError("The bot's token is missing: set SLACK_BOT_TOKEN (xoxb-…).")
    client = build_client(settings.slack_api_url, settings.slack_bot_token)
    engine, database = build_engine(settings), build_database(settings)
    registry, ranges = build_registry(settings, database), build_ranges(settings)
    names = build_names(settings, registry, ranges)
    store = SqlRunStore(database, uuid.uuid4().hex, settings.lease_s)
    meter = PrometheusMeter(store.count_by_state)
    careful = build_careful_client(settings.slack_api_url, settings.slack_bot_token)
    chat = SlackChat(client, careful)
    estimates = build_estimates(settings)
    watch_store = SqlWatchStore(database)
    steps = build_steps(settings, registry, engine, store, chat, News(watch_store), names, estimates)
    housekeeper = Housekeeper(store, ResultFolder(name_results(settings)), timedelta(days=settings.keep_days))
    chores: list[Callable[[datetime], None]] = [housekeeper.tidy]
    if ranges is not None:
        chores.append(ranges.renew_due)
    driver = Driver(store, engine, steps, chores, meter, build_pace(settings))
    runs = Runs(store, driver, Quota(settings.runs_per_user, settings.runs_per_channel))
    chores.append(Watchman(watch_store, runs).ask_due)
    listeners = ThreadPoolExecutor(_LISTENERS, thread_name_prefix="listener")
    app = App(
        client=client,
        signing_secret=settings.slack_signing_secret,
        token_verification_enabled=False,
        listener_executor=listeners,
    )
    permissions = build_permissions(settings, careful)
    limits = build_limits(settings)
    watches = Watches(watch_store, SlackPeople(client))
    desk = Desk(registry, runs, watches, permissions, limits, meter)
    form = FormListener(desk, estimates)
    form.register(app)
    CommandListener(desk, form).register(app)
    MentionListener(desk, chat).register(app)
    ButtonListener(desk).register(app)
    LookListener(desk, Looks(store, DuckDBReports(), chat, names, settings.max_rows)).register(app)
    lock = None if settings.store_url else ProcessLock(settings.data_dir / "bot.lock")
    return Bot(app, driver, engine, database, listeners, store, meter, lock)


def build_monitoring(bot: Bot, host: str, port: int) -> MonitoringServer:
    """What tells others how the bot is."""
    return MonitoringServer(bot.meter.registry, bot.find_fault, host, port)


def build_steps(
    settings: Settings,
    registry: Registry,
    engine: Engine,
    store: RunStore,
    chat: Chat,
    news: News,
    names: Names,
    estimates: Estimates | None,
) -> RunSteps:
    """What is done for a run."""
    return RunSteps(
        registry,
        engine,
        DuckDBReports(),
        store,
        Posting(store, chat),
        CsvDelivery(store, chat),
        max_rows=settings.max_rows,
        limits=build_limits(settings),
        news=news,
        names=names,
        estimates=estimates,
    )


def build_pace(settings: Settings) -> Pace:
    """How runs are driven."""
    return Pace(
        at_once=settings.runs_at_once,
        longest=timedelta(minutes=settings.run_minutes),
        grace_s=settings.grace_s,
        lease_s=settings.lease_s,
    )


def build_permissions(settings: Settings, client: WebClient) -> Permissions:
    """Who may do what."""
    policy = Policy(ask=settings.ask_rule, change=settings.change_rule, admins=settings.admins)
    return Permissions(policy, SlackUserGroups(client))
