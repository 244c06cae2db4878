"""What whoever runs the bot decides, from environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.permission import ANYBODY, Rule, parse_rule
from bot.errors import OperatorError
from bot.logs import JSON, TEXT

_PREFIX = "VPCCIDR_"
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_AMOUNT = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]+(?:/.*)?")

DUCKDB, ATHENA = "duckdb", "athena"


class SettingsError(OperatorError):
    """An environment variable is missing or has a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be decided from outside; see docs/settings.md.

    `logs` is a folder or `s3://bucket/prefix` of flow logs; `home` a network's name or a block;
    `cidr_bucket` is `s3://bucket/prefix` of the expansions, empty for the data folder; the thresholds of
    `ask_above_*` are off at 0. Tokens and the signing secret never show in a repr.
    """

    engine: str = DUCKDB
    athena_database: str = ""
    athena_workgroup: str = ""
    athena_catalog: str = "AwsDataCatalog"
    athena_output: str = ""
    athena_reuse_minutes: int = 15
    athena_queries_at_once: int = 5
    usd_per_tb: float = 5.0
    ask_above_usd: float = 1.0
    ask_above_gb: int = 0
    cidr_bucket: str = ""
    log_accounts: tuple[str, ...] = ()
    log_regions: tuple[str, ...] = ()

    logs: str = ""
    data_dir: Path = Path(".vpccidr")
    store_url: str = field(default="", repr=False)
    home: str = ""
    largest_prefix: int = 8
    largest_days: int = 366
    max_rows: int = 100_000
    raw_rows: int = 10_000
    scans_at_once: int = 2
    ask_rule: Rule = ANYBODY
    change_rule: Rule = ANYBODY
    admins: Rule = ANYBODY
    runs_per_user: int = 10
    runs_per_channel: int = 100
    runs_at_once: int = 200
    run_minutes: int = 30
    grace_s: int = 20
    lease_s: int = 30
    keep_days: int = 30
    log_style: str = TEXT
    slack_api_url: str = "https://slack.com/api/"
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from `VPCCIDR_*` and `SLACK_*` variables. Raises SettingsError."""
    read = _Reader(environ)
    defaults = Settings()
    return Settings(
        engine=read.choice("ENGINE", defaults.engine, (DUCKDB, ATHENA)),
        athena_database=read.text("ATHENA_DATABASE", defaults.athena_database),
        athena_workgroup=read.text("ATHENA_WORKGROUP", defaults.athena_workgroup),
        athena_catalog=read.text("ATHENA_CATALOG", defaults.athena_catalog),
        athena_output=read.bucket("ATHENA_OUTPUT"),
        athena_reuse_minutes=read.number("ATHENA_REUSE_MINUTES", defaults.athena_reuse_minutes, 0, 10_080),
        athena_queries_at_once=read.number("ATHENA_QUERIES_AT_ONCE", defaults.athena_queries_at_once, 1, 200),
        usd_per_tb=read.amount("USD_PER_TB", defaults.usd_per_tb),
        ask_above_usd=read.amount("ASK_ABOVE_USD", defaults.ask_above_usd),
        ask_above_gb=read.number("ASK_ABOVE_GB", defaults.ask_above_gb, 0, 1_000_000),
        cidr_bucket=read.bucket("CIDR_BUCKET"),
        log_accounts=read.words("LOG_ACCOUNTS", _ACCOUNT, "12-digit accounts"),
        log_regions=read.words("LOG_REGIONS", _REGION, "regions such as eu-central-1"),
        logs=read.text("LOGS", defaults.logs),
        data_dir=Path(read.text("DATA_DIR", str(_default_data_dir(environ)))),
        store_url=read.text("STORE_URL", defaults.store_url),
        home=read.text("HOME_NETWORK", defaults.home).lower(),
        largest_prefix=read.number("LARGEST_PREFIX", defaults.largest_prefix, 1, 32),
        largest_days=read.number("LARGEST_DAYS", defaults.largest_days, 1, 3660),
        max_rows=read.number("MAX_ROWS", defaults.max_rows, 1_000, 10_000_000),
        raw_rows=read.number("RAW_ROWS", defaults.raw_rows, 1, 1_000_000),
        scans_at_once=read.number("SCANS_AT_ONCE", defaults.scans_at_once, 1, 64),
        runs_per_user=read.number("RUNS_PER_USER", defaults.runs_per_user, 0, 10_000),
        runs_per_channel=read.number("RUNS_PER_CHANNEL", defaults.runs_per_channel, 0, 10_000),
        runs_at_once=read.number("RUNS_AT_ONCE", defaults.runs_at_once, 1, 10_000),
        run_minutes=read.number("RUN_MINUTES", defaults.run_minutes, 1, 1440),
        grace_s=read.number("GRACE_S", defaults.grace_s, 0, 600),
        lease_s=read.number("LEASE_S", defaults.lease_s, 3, 3600),
        keep_days=read.number("KEEP_DAYS", defaults.keep_days, 1, 3660),
        log_style=read.choice("LOG_STYLE", defaults.log_style, (TEXT, JSON)),
        ask_rule=read.rule("ASK_RULE"),
        change_rule=read.rule("CHANGE_RULE"),
        admins=read.rule("ADMINS"),
        slack_api_url=environ.get("SLACK_API_URL", defaults.slack_api_url),
        slack_bot_token=environ.get("SLACK_BOT_TOKEN", ""),
        slack_app_token=environ.get("SLACK_APP_TOKEN", ""),
        slack_signing_secret=environ.get("SLACK_SIGNING_SECRET", ""),
    )


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", ".")) / ".local" / "share")
    return Path(base) / "vpccidr"


@dataclass(frozen=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        return self.environ.get(_PREFIX + name, "").strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal() or not least <= int(text) <= most:
            raise SettingsError(f"{_PREFIX}{name} must be a number from {least:,} to {most:,}.")
        return int(text)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default).lower()
        if text not in choices:
            raise SettingsError(f"{_PREFIX}{name} must be {' or '.join(choices)}.")
        return text

    def amount(self, name: str, default: float) -> float:
        text = self.text(name, str(default))
        if not _AMOUNT.fullmatch(text):
            raise SettingsError(f"{_PREFIX}{name} must be an amount of US dollars such as 2.50.")
        return float(text)

    def bucket(self, name: str) -> str:
        text = self.text(name, "")
        if text and not _BUCKET.fullmatch(text):
            raise SettingsError(f"{_PREFIX}{name} must be a place in S3: s3://bucket/prefix.")
        return text

    def rule(self, name: str) -> Rule:
        try:
            return parse_rule(self.text(name, ""))
        except ValueError as error:
            raise SettingsError(
                f"{_PREFIX}{name} must be Slack's ids of users (U…), user groups (S…) and channels (C…), "
                f"and {error} is none."
            ) from None

    def words(self, name: str, pattern: re.Pattern[str], what: str) -> tuple[str, ...]:
        words = tuple(self.text(name, "").replace(",", " ").split())
        if not all(map(pattern.fullmatch, words)):
            raise SettingsError(f"{_PREFIX}{name} must be {what}, with commas between them.")
        return words
