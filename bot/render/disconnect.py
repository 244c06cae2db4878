"""What `disconnect` says beside the answer: who depends on the network, and the offer to watch it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from bot.domain.dependency import Dependency
from bot.domain.labels import Labels
from bot.domain.message import Block
from bot.domain.services import write_service
from bot.domain.wording import count, write_bytes
from bot.render.mrkdwn import SECTION_LIMIT, escape, section

WATCH_SILENCE = "watch_silence"
"""The button's action_id; its value is the run's id."""

SILENT_DAYS = 7
_SHOWN = 10
_HEADING_ROOM = 100
_SHOWN_CLIENTS = 3


def build_dependencies(dependencies: Sequence[Dependency], labels: Labels, doubt: str = "") -> list[Block]:
    """The services that would be cut off, with their clients; nothing where there is none.

    `doubt` says, as a sentence, why others may be missing.
    """
    if not dependencies:
        return []
    title = "*What would be cut off, at least*" if doubt else "*What would be cut off*"
    lines = _fit([f"• {escape(_describe(one, labels))}" for one in dependencies[:_SHOWN]])
    more = len(dependencies) - len(lines)
    rest = [f"and {count(more, 'more service')}"] if more > 0 else []
    warned = [f":warning: {escape(doubt)}"] if doubt else []
    return [section("\n".join([title, *lines, *rest])), *map(section, warned)]


def list_addresses(dependencies: Sequence[Dependency]) -> list[str]:
    """The addresses that this shows."""
    return [
        address for one in dependencies[:_SHOWN] for address in (one.server, *one.clients[:_SHOWN_CLIENTS])
    ]


def build_watch_offer(run_id: str) -> Block:
    """A button that watches the network until it has been silent."""
    button = {
        "type": "button",
        "action_id": WATCH_SILENCE,
        "text": {"type": "plain_text", "text": f"Watch it until it has been silent for {SILENT_DAYS} days"},
        "value": run_id,
    }
    return {"type": "actions", "elements": [button]}


def _fit(lines: Sequence[str]) -> Sequence[str]:
    """As many lines as leave room for their heading, and for how many more there are."""
    sizes = accumulate(len(line) + 1 for line in lines)
    return lines[: sum(size <= SECTION_LIMIT - _HEADING_ROOM for size in sizes)]


def _describe(one: Dependency, labels: Labels) -> str:
    clients = ", ".join(map(labels.write, one.clients[:_SHOWN_CLIENTS]))
    more = len(one.clients) - _SHOWN_CLIENTS
    who = clients + (f" and {more:,} more" if more > 0 else "")
    service = f"{labels.write(one.server)} {write_service(one.service_port, one.protocol)}"
    return f"{service} is used by {who}: {write_bytes(one.bytes)}, last {one.last_seen:%Y-%m-%d %H:%M} UTC"
