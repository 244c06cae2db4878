"""Environment variables, read one kind of value at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.permission import Rule, parse_rule
from bot.errors import OperatorError

PREFIX = "VPCCIDR_"
_AMOUNT = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]+(?:/.*)?")


class SettingsError(OperatorError):
    """An environment variable is missing or has a value that cannot be used."""


@dataclass(frozen=True)
class EnvironmentReader:
    """Reads variables by their names without the prefix; every method raises SettingsError."""

    environ: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        """Any text."""
        return self.environ.get(PREFIX + name, "").strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.text(name, str(default))
        if not text.isdecimal() or not least <= int(text) <= most:
            raise SettingsError(f"{PREFIX}{name} must be a number from {least:,} to {most:,}.")
        return int(text)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of several words."""
        text = self.text(name, default).lower()
        if text not in choices:
            raise SettingsError(f"{PREFIX}{name} must be {' or '.join(choices)}.")
        return text

    def amount(self, name: str, default: float) -> float:
        """An amount of US dollars."""
        text = self.text(name, str(default))
        if not _AMOUNT.fullmatch(text):
            raise SettingsError(f"{PREFIX}{name} must be an amount of US dollars such as 2.50.")
        return float(text)

    def bucket(self, name: str) -> str:
        """A place in S3, or empty."""
        text = self.text(name, "")
        if text and not _BUCKET.fullmatch(text):
            raise SettingsError(f"{PREFIX}{name} must be a place in S3: s3://bucket/prefix.")
        return text

    def file(self, name: str) -> str:
        """A path, or an address that begins with https://; or empty."""
        text = self.text(name, "")
        if "://" in text and not text.startswith("https://"):
            raise SettingsError(f"{PREFIX}{name} must be a path, or an address that begins with https://.")
        return text

    def words(self, name: str, pattern: re.Pattern[str], what: str) -> tuple[str, ...]:
        """Words of one pattern, with commas or spaces between them."""
        words = tuple(self.text(name, "").replace(",", " ").split())
        if not all(map(pattern.fullmatch, words)):
            raise SettingsError(f"{PREFIX}{name} must be {what}, with commas between them.")
        return words

    def rule(self, name: str) -> Rule:
        """Users, user groups and channels."""
        try:
            return parse_rule(self.text(name, ""))
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{name}: {error}") from error

    def people(self, name: str) -> Rule:
        """Users and user groups."""
        rule = self.rule(name)
        if rule.channels:
            raise SettingsError(
                f"{PREFIX}{name} names people, not channels: {', '.join(sorted(rule.channels))}."
            )
        return rule
