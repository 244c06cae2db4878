"""What is said of watches."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.message import Block, Message
from bot.domain.watch import Watch
from bot.domain.wording import count
from bot.render.messages import COMMAND
from bot.render.mrkdwn import bold, clip, code, context, escape, list_sections, mention, moment, section

_LISTED = 25
_NEWS_LIMIT = 480  # of a text of 4,000, of which the answer takes up to 3,500


def build_news(news: Sequence[str], watch_id: str) -> Message | None:
    """What a watch tells, to stand above the answer; None where no watch asked."""
    if not news:
        return None
    said = clip(escape(" ".join(news)), _NEWS_LIMIT)
    told = list_sections(f":eyes: {bold(one)}" for one in news)
    return Message(said, (*told, context(f"watch {code(watch_id)}")))


def build_watch_set(watch: Watch) -> Message:
    """That a watch was set, for everybody."""
    told = "every look is told" if watch.is_report else "only what changes is told"
    when = f"{watch.schedule} ({watch.time_zone}){_write_end(watch)}"
    asked = f"{mention(watch.user_id)} watches {code(watch.line)} {escape(when)}"
    text = f"{asked}: {told}. The first look is {moment(watch.next_at)}."
    return Message(text, (section(f":eyes: {text}"), context(f"watch {code(watch.id)}")))


def build_watch_changed(verb: str, watch: Watch, user_id: str) -> Message:
    """That somebody paused, resumed or forgot a watch, for everybody."""
    done = {
        "pause": "rests until it is resumed.",
        "resume": f"goes on; the next look is {moment(watch.next_at)}.",
        "unwatch": "is forgotten.",
    }
    text = f"{mention(user_id)}: the watch {code(watch.id)} of {code(watch.line)} {done[verb]}"
    return Message(text, (section(text),))


def build_watch_list(watches: Sequence[Watch], user_id: str) -> Message:
    """The watches of a channel and a person."""
    title = "Your watches and this channel's"
    return Message(title, (section(f"*{title}*"), *list_watches(watches, user_id)))


def list_watches(watches: Sequence[Watch], user_id: str) -> list[Block]:
    """Watches, two lines each, and how to change them."""
    if not watches:
        return [section(f"Nothing is watched. Try {code(f'{COMMAND} help watch')}.")]
    lines = [_list_watch(watch, user_id) for watch in watches[:_LISTED]]
    effects = {"pause": "lets one rest", "resume": "lets it go on", "unwatch": "ends it"}
    hint = ", ".join(f"{code(f'{COMMAND} {verb} WATCH')} {effect}" for verb, effect in effects.items())
    more = len(watches) - len(lines)
    rest = [f"{more:,} more come after these."] if more > 0 else []
    return [*list_sections(lines), context(*rest, f"{hint}.")]


def _list_watch(watch: Watch, user_id: str) -> str:
    who = "you" if watch.user_id == user_id else mention(watch.user_id)
    when = "paused" if watch.is_paused else f"next {moment(watch.next_at)}"
    report = ", every look told" if watch.is_report else ""
    how = f"{watch.schedule} ({watch.time_zone}){report}{_write_end(watch)}"
    return f"{code(watch.id)}  {code(watch.line)}\n{escape(how)} · {when} · {who}"


def _write_end(watch: Watch) -> str:
    return f", until silent for {count(watch.silent_days, 'day')}" if watch.silent_days else ""
