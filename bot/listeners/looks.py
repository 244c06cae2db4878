"""The menus and buttons under an answer, and under every closer look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.domain.rewrite import write_with_compare, write_with_days, write_with_raw, write_without_compare
from bot.domain.run import Asked, Run
from bot.domain.view import View, parse_view
from bot.listeners.desk import Desk
from bot.listeners.replying import Reply, reply_or_explain, tell
from bot.listeners.requests import read_press
from bot.render.disconnect import SILENT_DAYS, WATCH_SILENCE
from bot.render.view_menu import COMPARE, MORE_DAYS, RAW_ROWS, RUN_AGAIN, SHOW_SQL, VIEW_CSV, VIEW_MENUS
from bot.services.looks import Looks

_MORE = 3


@dataclass(frozen=True)
class LookListener:
    """Shows what the finished scan can tell; whatever needs a new scan goes to the desk as a line."""

    desk: Desk
    looks: Looks

    def register(self, app: App) -> None:
        """Listen to all of them."""
        for action_id in VIEW_MENUS:
            app.action(action_id)(self.show)
        app.action(VIEW_CSV)(self.share_rows)
        app.action(SHOW_SQL)(self.share_statement)
        app.action(RUN_AGAIN)(self.run_again)
        app.action(MORE_DAYS)(self.ask_for_more_days)
        app.action(RAW_ROWS)(self.ask_for_raw)
        app.action(COMPARE)(self.ask_to_compare)
        app.action(WATCH_SILENCE)(self.watch_silence)

    def show(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Post the chosen view into the answer's thread."""
        ack()
        user_id = str(body["user"]["id"])
        self._do(body, action, respond, lambda run_id, view: self.looks.show(run_id, view, user_id))

    def share_rows(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Put the view's rows into the thread."""
        ack()
        self._do(body, action, respond, self.looks.share_rows)

    def share_statement(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond
    ) -> None:
        """Put the statement that ran into the thread."""
        ack()
        self._do(body, action, respond, lambda run_id, _: self.looks.share_statement(run_id))

    def run_again(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Ask the same question again, as of now."""
        self._ask(ack, body, action, respond, lambda run: run.asked.line)

    def ask_for_more_days(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond
    ) -> None:
        """Ask the same question over three times as many days."""
        most = self.desk.limits.largest_days
        self._ask(ack, body, action, respond, lambda run: _write_with_more_days(run, most))

    def ask_for_raw(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Ask the same question for the log's own records."""
        self._ask(ack, body, action, respond, lambda run: write_with_raw(run.asked.line))

    def ask_to_compare(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond
    ) -> None:
        """Ask the same question over as many days before it, too."""
        self._ask(ack, body, action, respond, lambda run: write_with_compare(run.asked.line))

    def watch_silence(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        """Watch the network of a disconnect until it has been silent for some days."""
        ack()
        user_id = str(body["user"]["id"])

        def obey() -> Reply | None:
            run = self.looks.find(_read_value(action))
            line = write_with_days(write_without_compare(run.asked.line), SILENT_DAYS + 1)
            until = f"until silent for {SILENT_DAYS} days"
            return self._take(read_press(body, f"watch {line} every day at 09:00 {until}"))

        tell(respond, reply_or_explain(obey, "", user_id))

    def _do(
        self,
        body: dict[str, Any],
        action: dict[str, Any],
        respond: Respond,
        look: Callable[[str, View], None],
    ) -> None:
        """Take a look; whatever goes wrong, the person who asked for it is told."""

        def obey() -> None:
            request = parse_view(_read_value(action))
            look(request.run_id, request.view)

        tell(respond, reply_or_explain(obey, "", str(body["user"]["id"])))

    def _ask(
        self,
        ack: Ack,
        body: dict[str, Any],
        action: dict[str, Any],
        respond: Respond,
        write: Callable[[Run], str],
    ) -> None:
        user_id = str(body["user"]["id"])

        def obey() -> Reply | None:
            run = self.looks.find(parse_view(_read_value(action)).run_id)
            return self._take(read_press(body, write(run)))

        reply = reply_or_explain(obey, "", user_id)
        ack()
        tell(respond, reply)

    def _take(self, asked: Asked) -> Reply | None:
        reply = self.desk.take(asked)
        self.desk.write_down(asked, reply)
        return reply


def _write_with_more_days(run: Run, most: int) -> str:
    question = run.understood
    fitting = max(1, most // 2) if question.compared else most
    return write_with_days(run.asked.line, min(fitting, len(question.window.days) * _MORE))


def _read_value(action: dict[str, Any]) -> str:
    """The value of a button, or of a menu's chosen option."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
