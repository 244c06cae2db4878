"""What is said of a run that has no answer yet, or gets none; and the list of runs."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.message import Block, Message
from bot.domain.run import Run, RunState
from bot.render.messages import COMMAND
from bot.render.mrkdwn import clip, code, context, escape, list_sections, mention, moment, place, section

CANCEL_RUN = "cancel_run"
"""The button's action_id; its value is the run's id."""

_LISTED = 20
_STATES = {
    RunState.SUBMITTED: ":hourglass: waiting",
    RunState.SCANNING: ":hourglass_flowing_sand: scanning",
    RunState.DELIVERING: ":outbox_tray: delivering",
    RunState.DONE: ":white_check_mark: answered",
    RunState.FAILED: ":x: failed",
    RunState.CANCELLED: ":no_entry_sign: cancelled",
}


def build_running(run: Run, engine: str, expected: Sequence[str]) -> Message:
    """That a question was asked and is being answered, with a button that cancels it."""
    text = _ask(run)
    reading = f"{engine} is reading the flow logs…"
    return Message(
        f"{text}: {reading}",
        (
            section(f":hourglass_flowing_sand: {text}"),
            context(*map(escape, (reading, *expected, *run.notes)), f"run {code(run.id)}"),
            _build_cancel_button(run),
        ),
    )


def build_continuing(run: Run) -> Message:
    """That the bot is going down and the question will be answered when it is back."""
    text = f"{_ask(run)}: the bot is restarting, and goes on with this by itself."
    return Message(
        text, (section(f":hourglass: {text}"), context(f"run {code(run.id)}"), _build_cancel_button(run))
    )


def build_cancelled(run: Run) -> Message:
    """That a run was cancelled, and by whom."""
    text = f":no_entry_sign: Cancelled by {mention(run.cancelled_by)}: no answer."
    asked = f"Asked by {mention(run.asked.user_id)}: {code(f'{COMMAND} {run.asked.line}')}"
    return Message(text, (section(text), context(asked)))


def build_said(sentence: str, user_id: str) -> Message:
    """What somebody's command did, for everybody."""
    text = f"{mention(user_id)}: {escape(sentence)}"
    return Message(clip(text), (section(text),))


def build_run_list(runs: Sequence[Run], user_id: str) -> Message:
    """The latest runs of a channel and a person: how far they are, who asked, and their ids."""
    title = "Your questions and this channel's"
    return Message(title, (section(f"*{title}*"), *list_runs(runs, user_id)))


def list_runs(runs: Sequence[Run], user_id: str) -> list[Block]:
    """Runs a line or two each, and how to end one."""
    if not runs:
        return [section("Nothing was asked yet.")]
    lines = [_list_run(run, user_id) for run in runs[:_LISTED]]
    hint = context(f"{code(f'{COMMAND} cancel RUN')} ends one that is under way.")
    return [*list_sections(lines), hint]


def _ask(run: Run) -> str:
    return f"{mention(run.asked.user_id)} asked {code(f'{COMMAND} {run.asked.line}')}"


def _list_run(run: Run, user_id: str) -> str:
    who = "you" if run.asked.user_id == user_id else mention(run.asked.user_id)
    said = f"{_STATES[run.state]}{f': {_name_verdict(run.verdict)}' if run.verdict else ''}"
    asked = f"{code(run.asked.line)} · {who} in {place(run.asked.channel)}"
    return f"{code(run.id)}  {said}\n{asked} · {moment(run.asked.at)}"


def _name_verdict(verdict: str) -> str:
    """The code of a verdict as people read it: `in use`."""
    return verdict.replace("_", " ")


def _build_cancel_button(run: Run) -> Block:
    button = {
        "type": "button",
        "action_id": CANCEL_RUN,
        "text": {"type": "plain_text", "text": "Cancel"},
        "value": run.id,
    }
    return {"type": "actions", "elements": [button]}
