"""Who may do what, as a person at Slack reads it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.message import Message
from bot.domain.permission import Refusal
from bot.render.mrkdwn import escape, mention, section

_SHOWN = 10


def build_no_permission(refusal: Refusal) -> Message:
    """That a person may not, and who may. For that person alone: in a channel its mentions wake people."""
    said = render_refusal(refusal)
    return Message(said, (section(f":no_entry: {said}"),))


def render_refusal(refusal: Refusal) -> str:
    """One sentence in Slack's markup, e.g. `Questions may be asked only by <@U1>, and only in <#C1>`."""
    rule = refusal.rule
    people = [*map(_mention_group, sorted(rule.groups)), *map(mention, sorted(rule.users))]
    places = list(map(_mention_channel, sorted(rule.channels)))
    limits = [f"only by {_list_some(people)}"] if people else []
    limits += [f"only in {_list_some(places)}"] if places else []
    return f"{refusal.deed} {', and '.join(limits)}."


def _mention_group(group: str) -> str:
    return f"<!subteam^{escape(group)}>"


def _mention_channel(channel: str) -> str:
    """A channel as a link; Slack makes none of a direct message."""
    return f"the direct message {escape(channel)}" if channel.startswith("D") else f"<#{escape(channel)}>"


def _list_some(names: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`; of very many, the first."""
    names = list(names)
    shown, rest = names[:_SHOWN], len(names) - _SHOWN
    *earlier, last = [*shown, f"{rest:,} more"] if rest > 0 else shown
    return f"{', '.join(earlier)} or {last}" if earlier else last
