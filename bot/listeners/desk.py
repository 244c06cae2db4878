"""The desk: every line that people give the bot, wherever they give it, is taken here."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.command import (
    Add,
    Ask,
    Cancel,
    ChangeWatch,
    Command,
    Help,
    ListBlocks,
    ListRuns,
    ListWatches,
    Remove,
    SetWatch,
    parse_command,
)
from bot.domain.help import HELP
from bot.domain.message import Message
from bot.domain.options import Limits
from bot.domain.permission import Refusal
from bot.domain.run import Asked
from bot.domain.watch import Watch
from bot.listeners.replying import Reply, reply_or_explain
from bot.render.help_message import build_help
from bot.render.messages import build_note, build_text
from bot.render.permissions import build_no_permission
from bot.render.replies import render_listing, render_removed
from bot.render.runs import build_run_list, build_said
from bot.render.watches import build_watch_changed, build_watch_list, build_watch_set
from bot.services.meter import Meter
from bot.services.permissions import Permissions
from bot.services.registry import Registry
from bot.services.runs import Runs
from bot.services.watches import Watches

NOT_ALLOWED = "not allowed"
"""What is replied, without Slack's markup, to who may not do what was asked."""


@dataclass(frozen=True)
class Desk:
    """Answers what is quick, and makes a run of the rest.

    A run is committed before its request is acknowledged: what Slack takes for delivered is never lost.
    """

    registry: Registry
    runs: Runs
    watches: Watches
    permissions: Permissions
    limits: Limits
    meter: Meter

    def take(self, asked: Asked) -> Reply | None:
        """Do what a line says; what fails becomes a reply. None where it became a run, which will answer."""
        reply = reply_or_explain(lambda: self._obey_line(asked), asked.line, asked.user_id)
        self.meter.count_command(name_verb(asked.line), reply.kind if reply else "accepted")
        return reply

    def write_down(self, asked: Asked, reply: Reply | None) -> None:
        """Write down what was replied; a run writes itself down."""
        if reply is not None:
            self.runs.note(asked, name_verb(asked.line), reply.outcome)

    def _obey_line(self, asked: Asked) -> Reply | None:
        command = parse_command(asked.line, asked.at, self.limits)
        if refusal := self._find_refusal(command, asked):
            return Reply(build_no_permission(refusal), NOT_ALLOWED, "refused")
        if isinstance(command, Ask | Add):
            self.runs.submit(asked, name_verb(asked.line))
            return None
        return self._obey(command, asked)

    def _find_refusal(self, command: Command, asked: Asked) -> Refusal | None:
        if isinstance(command, Ask | SetWatch):
            return self.permissions.refuse_asking(asked.user_id, asked.channel)
        if isinstance(command, Add | Remove):
            return self.permissions.refuse_changing(asked.user_id, asked.channel)
        return None

    def _obey(self, command: Command, asked: Asked) -> Reply:
        if isinstance(command, Help | ListBlocks | ListRuns | ListWatches):
            return Reply(self._show(command, asked), "shown")
        return self._change(command, asked)

    def _show(self, command: Command, asked: Asked) -> Message:
        match command:
            case Help():
                return build_help(command.verb)
            case ListRuns():
                runs = self.runs.list_recent(asked.channel, asked.user_id)
                return build_run_list(runs, asked.user_id)
            case ListWatches():
                watches = self.watches.list_for(asked.channel, asked.user_id)
                return build_watch_list(watches, asked.user_id)
        return build_text(render_listing(self.registry.list()))

    def _change(self, command: Command, asked: Asked) -> Reply:
        match command:
            case Cancel():
                is_admin = self.permissions.is_admin(asked.user_id, asked.channel)
                run = self.runs.cancel(command.run_id, asked.user_id, is_admin=is_admin)
                return Reply(build_note(f"The run {run.id} is being stopped."), f"cancels {run.id}")
            case SetWatch():
                watch = self.watches.set(asked, command)
                return Reply(build_watch_set(watch), f"set {watch.id}", to_all=True)
            case ChangeWatch():
                watch = self._change_watch(command, asked)
                changed = build_watch_changed(command.verb, watch, asked.user_id)
                return Reply(changed, f"{command.verb} {watch.id}", to_all=True)
            case Remove():
                said = render_removed(self.registry.remove(command.operand))
                return Reply(build_said(said, asked.user_id), said, to_all=True)
        raise TypeError(command)

    def _change_watch(self, command: ChangeWatch, asked: Asked) -> Watch:
        is_admin = self.permissions.is_admin(asked.user_id, asked.channel)
        if command.verb == "resume":
            return self.watches.resume(command.watch_id, asked.user_id, asked.at, is_admin=is_admin)
        change = self.watches.pause if command.verb == "pause" else self.watches.remove
        return change(command.watch_id, asked.user_id, is_admin=is_admin)


def name_verb(line: str) -> str:
    """The verb of a line; `other` where it has none that there is."""
    typed = next(iter(line.split()), "help").lower()
    return typed if typed in HELP else "other"
