"""The desk: every line that people give the bot, wherever they give it, is taken here."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.command import (
    Add,
    Ask,
    Cancel,
    Command,
    Help,
    ListBlocks,
    ListRuns,
    Remove,
    parse_command,
)
from bot.domain.help import HELP
from bot.domain.options import Limits
from bot.domain.run import Asked
from bot.listeners.replying import Reply, reply_or_explain
from bot.render.help_message import build_help
from bot.render.messages import build_note, build_text
from bot.render.replies import render_listing, render_removed
from bot.render.runs import build_run_list, build_said
from bot.services.meter import Meter
from bot.services.permissions import Permissions
from bot.services.registry import Registry
from bot.services.runs import Runs


@dataclass(frozen=True)
class Desk:
    """Answers what is quick, and makes a run of the rest.

    A run is committed before its request is acknowledged: what Slack takes for delivered is never lost.
    """

    registry: Registry
    runs: Runs
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
        self._check(command, asked)
        if isinstance(command, Ask | Add):
            self.runs.submit(asked, name_verb(asked.line))
            return None
        return self._obey(command, asked)

    def _check(self, command: Command, asked: Asked) -> None:
        if isinstance(command, Ask):
            self.permissions.check_asking(asked.user_id, asked.channel)
        if isinstance(command, Add | Remove):
            self.permissions.check_changing(asked.user_id, asked.channel)

    def _obey(self, command: Command, asked: Asked) -> Reply:
        match command:
            case Help():
                return Reply(build_help(command.verb), "shown")
            case ListBlocks():
                return Reply(build_text(render_listing(self.registry.list())), "shown")
            case ListRuns():
                runs = self.runs.list_recent(asked.channel, asked.user_id)
                return Reply(build_run_list(runs, asked.user_id), "shown")
            case Cancel():
                is_admin = self.permissions.is_admin(asked.user_id)
                run = self.runs.cancel(command.run_id, asked.user_id, is_admin=is_admin)
                return Reply(build_note(f"The run {run.id} is being stopped."), f"cancels {run.id}")
            case Remove():
                said = render_removed(self.registry.remove(command.operand))
                return Reply(build_said(said, asked.user_id), said, to_all=True)
        raise TypeError(command)


def name_verb(line: str) -> str:
    """The verb of a line; `other` where it has none that there is."""
    typed = next(iter(line.split()), "help").lower()
    return typed if typed in HELP else "other"
