"""What whoever runs the bot decides, from environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.permission import Rule
from bot.environment import EnvironmentReader, SettingsError
from bot.logs import JSON, TEXT

__all__ = ["ATHENA", "DUCKDB", "Settings", "SettingsError", "load_settings"]

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")

DUCKDB, ATHENA = "duckdb", "athena"


@dataclass(frozen=True)
class Settings:
    """Everything that can be decided from outside; see docs/settings.md.

    `logs` is a folder or `s3://bucket/prefix` of flow logs; `home` a network's name or a block;
    `cidr_bucket` is `s3://bucket/prefix` of the expansions, empty for the data folder; `aws_ranges` is a path
    or an https address of AWS's ip-ranges.json, and in `ec2_regions` EC2 is asked for the names of hosts:
    both are off where empty. The thresholds of `ask_above_*` and the quotas `runs_per_*` are off at 0.
    Without rules everybody may do everything, and nobody is an administrator. Tokens and the signing secret
    never show in a repr.
    """

    # Where things are
    logs: str = ""
    data_dir: Path = Path(".vpccidr")
    store_url: str = field(default="", repr=False)
    cidr_bucket: str = ""
    log_accounts: tuple[str, ...] = ()
    log_regions: tuple[str, ...] = ()

    # What addresses are called
    aws_ranges: str = ""
    ec2_regions: tuple[str, ...] = ()

    # What may be asked
    home: str = ""
    largest_prefix: int = 8
    largest_days: int = 366
    max_rows: int = 100_000
    raw_rows: int = 10_000

    # Who may ask, and how much
    ask_rule: Rule = field(default_factory=Rule)
    change_rule: Rule = field(default_factory=Rule)
    admins: Rule = field(default_factory=Rule)
    runs_per_user: int = 10
    runs_per_channel: int = 100

    # What it may cost
    usd_per_tb: float = 5.0
    ask_above_usd: float = 1.0
    ask_above_gb: int = 0

    # How runs are driven
    runs_at_once: int = 200
    run_minutes: int = 30
    grace_s: int = 20
    lease_s: int = 30
    keep_days: int = 30

    # The engine
    engine: str = DUCKDB
    scans_at_once: int = 2
    copies_dir: Path | None = None
    copies_gb: int = 10
    athena_database: str = ""
    athena_workgroup: str = ""
    athena_catalog: str = "AwsDataCatalog"
    athena_output: str = ""
    athena_reuse_minutes: int = 15
    athena_queries_at_once: int = 5

    # The log
    log_style: str = TEXT

    # Slack
    slack_api_url: str = "https://slack.com/api/"
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from `VPCCIDR_*` and `SLACK_*` variables. Raises SettingsError."""
    read = EnvironmentReader(environ)
    defaults = Settings()
    copies_dir = read.text("COPIES_DIR", "")
    return Settings(
        logs=read.text("LOGS", defaults.logs),
        data_dir=Path(read.text("DATA_DIR", str(_default_data_dir(environ)))),
        store_url=read.text("STORE_URL", defaults.store_url),
        cidr_bucket=read.bucket("CIDR_BUCKET"),
        log_accounts=read.words("LOG_ACCOUNTS", _ACCOUNT, "12-digit accounts"),
        log_regions=read.words("LOG_REGIONS", _REGION, "regions such as eu-central-1"),
        aws_ranges=read.file("AWS_RANGES"),
        ec2_regions=read.words("EC2_REGIONS", _REGION, "regions such as eu-central-1"),
        home=read.text("HOME_NETWORK", defaults.home).lower(),
        largest_prefix=read.number("LARGEST_PREFIX", defaults.largest_prefix, 1, 32),
        largest_days=read.number("LARGEST_DAYS", defaults.largest_days, 1, 3660),
        max_rows=read.number("MAX_ROWS", defaults.max_rows, 1_000, 10_000_000),
        raw_rows=read.number("RAW_ROWS", defaults.raw_rows, 1, 1_000_000),
        ask_rule=read.rule("ASK_RULE"),
        change_rule=read.rule("CHANGE_RULE"),
        admins=read.people("ADMINS"),
        runs_per_user=read.number("RUNS_PER_USER", defaults.runs_per_user, 0, 10_000),
        runs_per_channel=read.number("RUNS_PER_CHANNEL", defaults.runs_per_channel, 0, 10_000),
        usd_per_tb=read.amount("USD_PER_TB", defaults.usd_per_tb),
        ask_above_usd=read.amount("ASK_ABOVE_USD", defaults.ask_above_usd),
        ask_above_gb=read.number("ASK_ABOVE_GB", defaults.ask_above_gb, 0, 1_000_000),
        runs_at_once=read.number("RUNS_AT_ONCE", defaults.runs_at_once, 1, 10_000),
        run_minutes=read.number("RUN_MINUTES", defaults.run_minutes, 1, 1_440),
        grace_s=read.number("GRACE_S", defaults.grace_s, 0, 600),
        lease_s=read.number("LEASE_S", defaults.lease_s, 2, 3_600),
        keep_days=read.number("KEEP_DAYS", defaults.keep_days, 1, 3_660),
        engine=read.choice("ENGINE", defaults.engine, (DUCKDB, ATHENA)),
        scans_at_once=read.number("SCANS_AT_ONCE", defaults.scans_at_once, 1, 64),
        copies_dir=Path(copies_dir) if copies_dir else None,
        copies_gb=read.number("COPIES_GB", defaults.copies_gb, 0, 1_000_000),
        athena_database=read.text("ATHENA_DATABASE", defaults.athena_database),
        athena_workgroup=read.text("ATHENA_WORKGROUP", defaults.athena_workgroup),
        athena_catalog=read.text("ATHENA_CATALOG", defaults.athena_catalog),
        athena_output=read.bucket("ATHENA_OUTPUT"),
        athena_reuse_minutes=read.number("ATHENA_REUSE_MINUTES", defaults.athena_reuse_minutes, 0, 10_080),
        athena_queries_at_once=read.number("ATHENA_QUERIES_AT_ONCE", defaults.athena_queries_at_once, 1, 200),
        log_style=read.choice("LOG_STYLE", defaults.log_style, (TEXT, JSON)),
        slack_api_url=environ.get("SLACK_API_URL", defaults.slack_api_url),
        slack_bot_token=environ.get("SLACK_BOT_TOKEN", ""),
        slack_app_token=environ.get("SLACK_APP_TOKEN", ""),
        slack_signing_secret=environ.get("SLACK_SIGNING_SECRET", ""),
    )


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", ".")) / ".local" / "share")
    return Path(base) / "vpccidr"
