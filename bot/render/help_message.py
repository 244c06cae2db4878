"""Help as a message: every verb with a line that works, every option with what it changes."""

from __future__ import annotations

from bot.domain.help import HELP, OPTIONS
from bot.domain.message import Block, Message
from bot.render.messages import COMMAND
from bot.render.mrkdwn import code, context, escape, section


def build_help(verb: str) -> Message:
    """How to use one verb, or all of them where `verb` is empty."""
    names = (verb,) if verb else tuple(HELP)
    options = HELP[verb].options if verb else tuple(OPTIONS)
    blocks = [*(_build_verb(name, everything=bool(verb)) for name in names), *_build_options(options)]
    about = f"How to use {verb}" if verb else "What vpccidr can tell you"
    return Message(about, (section(f"*{about}*"), *blocks))


def _build_verb(name: str, *, everything: bool) -> Block:
    entry = HELP[name]
    examples = entry.examples if everything else entry.examples[:1]
    tried = "\n".join(code(f"{COMMAND} {example}") for example in examples)
    return section(f"*{escape(entry.form)}* — {escape(entry.answers)}\n{tried}")


def _build_options(names: tuple[str, ...]) -> list[Block]:
    if not names:
        return []
    lines = [f"{code(OPTIONS[name].form)}  {escape(OPTIONS[name].means)}" for name in names]
    small_print = "Days and times are UTC. The service is the side with the lower port."
    return [{"type": "divider"}, section("*Options*\n" + "\n".join(lines)), context(small_print)]
