"""One address, as the flow logs write it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from bot.domain.paste import quote
from bot.errors import RequestError

LONGEST_ADDRESS = 45
"""Characters of the longest text that an IPv6 address can have."""

_CHARACTERS = re.compile(rf"[0-9A-Fa-f.:]{{2,{LONGEST_ADDRESS}}}")


@dataclass(frozen=True, order=True)
class Address:
    """An IPv4 or IPv6 address. The text stays as the logs have it, for it is compared with theirs.

    Raises ValueError for a text that is no address.
    """

    text: str

    def __post_init__(self) -> None:
        if not _CHARACTERS.fullmatch(self.text):  # `ip_address` lets a zone pass: fe80::1%anything
            raise ValueError(f"{self.text!r} is not an address")
        ipaddress.ip_address(self.text)

    def __str__(self) -> str:
        return self.text


def parse_address(text: str) -> Address:
    """An address that came from outside. Raises RequestError."""
    try:
        return Address(text)
    except ValueError:
        raise RequestError(f"{quote(text)} is not an address.") from None


def is_address(text: str) -> bool:
    """Whether a text of the logs is an address, and not anything else that has a dot."""
    try:
        Address(text)
    except ValueError:
        return False
    return True
