"""Made-up identifiers that look like Slack's and cannot be mistaken for real ones."""

import secrets
import string
from collections.abc import Callable

TEAM_ID = "T0LOCAL000"
APP_ID = "A0LOCAL000"
BOT_ID = "B0LOCAL000"
BOT_USER_ID = "U0BOT00000"

_ALPHABET = string.ascii_uppercase + string.digits


def user_id_of(name: str) -> str:
    """Answer the id of the user of this name: `ana` is U0ANA00000, `ana0` is U0ANA0XXXX and no other's."""
    fill = "X" if name.endswith("0") else "0"
    return f"U0{name.upper():{fill}<8}"


def channel_id_of(name: str) -> str:
    """Answer the id of the channel of this name: `network` is C0NETWORK0."""
    return f"C0{''.join(filter(str.isalnum, name)).upper():0<8}"


def user_group_id_of(handle: str) -> str:
    """Answer the id of the user group of this handle: `admins` is S0ADMINS00."""
    return f"S0{''.join(filter(str.isalnum, handle)).upper():0<8}"


def new_id(prefix: str) -> str:
    """Answer an id that was not given before, such as F0K3J9Q2A1 for the prefix F."""
    return f"{prefix}0{''.join(secrets.choice(_ALPHABET) for _ in range(10))}"


def new_secret() -> str:
    """Answer a text that nobody can guess, fit for a URL."""
    return secrets.token_urlsafe(18)


class Timestamps:
    """Slack's timestamps: seconds and microseconds, each later than the one before."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last_us = 0

    def next(self) -> str:
        """Answer the next timestamp, such as 1732400000.000100."""
        self._last_us = max(self._last_us + 1, int(self._clock() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"
