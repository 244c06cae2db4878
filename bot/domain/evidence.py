"""What was seen, in words: hosts, services, bytes, and how long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.conversation import Conversation
from bot.domain.services import write_service
from bot.domain.window import LATENESS, Window
from bot.domain.wording import count, join_up_to, write_bytes, write_span

SILENCE = timedelta(days=1) + LATENESS
"""How long nothing must have been seen before traffic counts as silent: what happens once a day, and a record
that is late, must not look as if it had stopped."""

_SHOWN_SERVICES = 3


def find_silence(last_seen: datetime | None, window: Window, now: datetime | None) -> timedelta | None:
    """For how long before the window's end, or before `now` where that is earlier, nothing was seen.

    None where traffic goes on as far as the logs can tell: it was seen within `SILENCE`, or a time is not
    known.
    """
    if last_seen is None or now is None:
        return None
    silence = min(window.until, now) - last_seen
    return silence if silence >= SILENCE else None


def write_last_seen(last_seen: datetime | None, window: Window, now: datetime | None) -> str:
    """When traffic was last seen: `last seen 6 days ago (2026-11-14 12:00 UTC)`."""
    if last_seen is None:
        return "last seen at an unknown time"
    moment = f"{last_seen:%Y-%m-%d %H:%M} UTC"
    if now is None:
        return f"last seen {moment}"
    gap = min(window.until, now) - last_seen
    span = write_span(gap) if gap >= timedelta(minutes=1) else "less than a minute"
    return f"last seen {span} {'ago' if now <= window.until else 'before the window ended'} ({moment})"


def write_hosts(found: Sequence[Conversation]) -> str:
    """Who talked to whom and on what: `3 clients to 10.1.0.123 on 5432/TCP postgresql`."""
    clients = _write_hosts({talker.client for talker in found}, "client")
    servers = _write_hosts({talker.server for talker in found}, "server")
    return f"{clients} to {servers} on {_write_services(found)}"


def write_bytes_of(found: Sequence[Conversation], number: int) -> str:
    """The bytes of conversations, of which there are `number` in all."""
    size = write_bytes(sum(talker.bytes for talker in found))
    return size if len(found) == number else f"at least {size}"


def has_no_reply(found: Sequence[Conversation]) -> bool:
    """Whether the conversations' servers sent nothing that was logged."""
    return not any(talker.bytes_to_client for talker in found)


def _write_hosts(addresses: set[str], noun: str) -> str:
    return next(iter(addresses)) if len(addresses) == 1 else count(len(addresses), noun)


def _write_services(found: Sequence[Conversation]) -> str:
    services = dict.fromkeys(write_service(talker.service_port, talker.protocol) for talker in found)
    return join_up_to(list(services), _SHOWN_SERVICES, "service")
