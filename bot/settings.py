"""What whoever runs the bot decides, from environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import OperatorError

_PREFIX = "VPCCIDR_"


class SettingsError(OperatorError):
    """An environment variable is missing or has a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be decided from outside; see docs/settings.md.

    `logs` is a folder or `s3://bucket/prefix` of flow logs; `home` a network's name or a block; tokens and
    the signing secret never show in a repr.
    """

    logs: str = ""
    data_dir: Path = Path(".vpccidr")
    home: str = ""
    largest_prefix: int = 8
    largest_days: int = 366
    max_rows: int = 100_000
    raw_rows: int = 10_000
    scans_at_once: int = 2
    slack_api_url: str = "https://slack.com/api/"
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from `VPCCIDR_*` and `SLACK_*` variables. Raises SettingsError."""
    read = _Reader(environ)
    defaults = Settings()
    return Settings(
        logs=read.text("LOGS", defaults.logs),
        data_dir=Path(read.text("DATA_DIR", str(_default_data_dir(environ)))),
        home=read.text("HOME_NETWORK", defaults.home).lower(),
        largest_prefix=read.number("LARGEST_PREFIX", defaults.largest_prefix, 1, 32),
        largest_days=read.number("LARGEST_DAYS", defaults.largest_days, 1, 3660),
        max_rows=read.number("MAX_ROWS", defaults.max_rows, 1_000, 10_000_000),
        raw_rows=read.number("RAW_ROWS", defaults.raw_rows, 1, 1_000_000),
        scans_at_once=read.number("SCANS_AT_ONCE", defaults.scans_at_once, 1, 64),
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
