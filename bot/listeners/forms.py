"""The form: opened by the bare command, the shortcut or the Home tab; what is submitted is asked."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.domain.form import DEFAULT_DAYS, Form, begin_disconnect, choose
from bot.domain.form_faults import build_scanned, find_faults, find_window_faults
from bot.domain.run import Asked
from bot.domain.scenario import DISCONNECT, Scenario
from bot.errors import OperatorError, RequestError
from bot.listeners.desk import NOT_ALLOWED, Desk
from bot.listeners.replying import Reply
from bot.render.estimates import render_estimate
from bot.render.form import (
    ASK_DISCONNECT,
    CHOOSES,
    COMPARES,
    FORM,
    OPEN_FORM,
    SHORTCUT,
    SINCE,
    UNTIL,
    UPDATES,
    build_form,
    build_home,
    place_faults,
)
from bot.services.estimates import Estimates

_log = logging.getLogger(__name__)
_FREE = "Reading the logs here costs nothing."


@dataclass(frozen=True)
class FormListener:
    """Shows the form, keeps its estimate true, and takes what is submitted to the desk."""

    desk: Desk
    estimates: Estimates | None

    def register(self, app: App) -> None:
        """Listen to everything about the form and the Home tab."""
        app.shortcut(SHORTCUT)(self.open_anywhere)
        app.action(OPEN_FORM)(self.open_anywhere)
        app.action(ASK_DISCONNECT)(self.open_disconnect)
        app.action(CHOOSES)(self.change_question)
        for action_id in (UPDATES, SINCE, UNTIL, COMPARES):
            app.action(action_id)(self.weigh)
        app.view(FORM)(self.submit)
        app.event("app_home_opened")(self.show_home)

    def open_anywhere(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Open the form for who pressed the button or used the shortcut."""
        ack()
        self._open_and_weigh(body, client, Form())

    def open_disconnect(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Open the form that asks whether the network beside the button can be disconnected."""
        ack()
        self._open_and_weigh(body, client, begin_disconnect(str(body["actions"][0]["value"])))

    def _open_and_weigh(self, body: dict[str, Any], client: WebClient, form: Form) -> None:
        if view := self.open(client, str(body["trigger_id"]), form):
            self.tell_cost(client, view, form, "")

    def open(
        self, client: WebClient, trigger_id: str, form: Form, channel: str = ""
    ) -> Mapping[str, Any] | None:
        """Open the form and return it, its cost yet to be told; None where Slack does not open it."""
        try:
            shown = build_form(self.desk.registry.list(), form, "…", channel)
            view: Mapping[str, Any] = client.views_open(trigger_id=trigger_id, view=shown)["view"]
        except (OperatorError, SlackClientError, OSError) as error:
            _log.warning("the form could not be shown: %s", error)
            return None
        return view

    def change_question(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Let the days become those that are usual for the question, unless somebody chose others."""
        ack()
        form, channel = _read_form(body["view"]["state"]["values"])
        before = replace(form, is_disconnect="days_disconnect" in body["view"]["state"]["values"])
        self.tell_cost(client, body["view"], choose(form.verb, before), channel)

    def weigh(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Say what the chosen window costs."""
        ack()
        self.tell_cost(client, body["view"], *_read_form(body["view"]["state"]["values"]))

    def tell_cost(self, client: WebClient, view: Mapping[str, Any], form: Form, channel: str) -> None:
        """Say in an open form what the window costs, which takes a moment to find out."""
        try:
            shown = build_form(self.desk.registry.list(), form, self._estimate(form), channel)
            client.views_update(view_id=view["id"], hash=view["hash"], view=shown)
        except (OperatorError, SlackClientError, OSError) as error:
            _log.warning("the form could not be updated: %s", error)

    def submit(self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        """Ask what was filled in; what is wrong with it is said in the form. The Home tab lists it then."""
        form, channel = _read_form(view["state"]["values"])
        key = f"form-{view.get('id', uuid.uuid4().hex)}"
        asked = Asked(key, channel, str(body["user"]["id"]), form.write_line(), datetime.now(UTC))
        if faults := self._find_faults(form, asked.at):
            shown = (str(block["block_id"]) for block in view["blocks"])
            ack(response_action="errors", errors=place_faults(faults, form, shown))
            return
        reply = self.desk.take(asked)
        if reply is None:
            ack()
        else:
            ack(response_action="errors", errors=_place_reply(reply))
        self.desk.write_down(asked, reply)
        if reply is None:
            self._publish_home(client, asked.user_id)

    def _find_faults(self, form: Form, now: datetime) -> Mapping[str, str]:
        """What is wrong with a form; nothing where the networks cannot be read, which the run then tells."""
        try:
            names = self.desk.registry.read_networks()
        except OperatorError as error:
            _log.warning("the form could not be checked: %s", error)
            return {}
        return find_faults(form, names, now, self.desk.limits)

    def show_home(self, ack: Ack, event: dict[str, Any], client: WebClient) -> None:
        """Show the networks and what the person asked."""
        ack()
        if event.get("tab") != "home":
            return
        self._publish_home(client, str(event["user"]))

    def _publish_home(self, client: WebClient, user_id: str) -> None:
        try:
            client.views_publish(user_id=user_id, view=self._build_home(user_id))
        except (OperatorError, SlackClientError, OSError) as error:
            _log.warning("the Home tab could not be shown: %s", error)

    def _build_home(self, user_id: str) -> dict[str, Any]:
        runs = self.desk.runs.list_recent("", user_id)
        watches = self.desk.watches.list_for("", user_id)
        return build_home(self.desk.registry.list(), runs, watches, user_id)

    def _estimate(self, form: Form) -> str:
        now, limits = datetime.now(UTC), self.desk.limits
        if faults := find_window_faults(form, now, limits):
            return next(iter(faults.values()))
        if self.estimates is None:
            return _FREE
        try:
            window = build_scanned(form, now, limits.largest_days)
        except RequestError as error:
            return error.sentence
        estimate = self.estimates.weigh(window)
        return f"There is {render_estimate(estimate.cost)}." if estimate else "What it costs cannot be told."


def _place_reply(reply: Reply) -> dict[str, str]:
    """Why a form that is filled in well is not asked, below the input that can help."""
    if reply.sentence == NOT_ALLOWED:
        return {"channel": "You may not ask questions in that conversation."}
    return {"asked_block": reply.sentence}


def _read_form(values: Mapping[str, Mapping[str, Any]]) -> tuple[Form, str]:
    """The form's values, and the channel for the answer."""
    given = {action_id: _read(state) for states in values.values() for action_id, state in states.items()}
    verb = given.get(CHOOSES) or Scenario.PEERING
    is_disconnect = verb == DISCONNECT
    form = Form(
        scenario=Scenario.PEERING if is_disconnect else Scenario(verb),
        is_disconnect=is_disconnect,
        asked=given.get("asked", ""),
        asked_block=given.get("asked_block", ""),
        home=given.get("home", ""),
        days=int(given.get(UPDATES) or DEFAULT_DAYS),
        since=given.get(SINCE, ""),
        until=given.get(UNTIL, ""),
        port=given.get("port", ""),
        protocol=given.get("protocol", ""),
        action=given.get("action", ""),
        compare=given.get(COMPARES, ""),
    )
    return form, given.get("channel", "")


def _read(state: Mapping[str, Any]) -> str:
    option = state.get("selected_option") or {}
    given = (option.get("value"), *map(state.get, ("value", "selected_conversation", "selected_date")))
    return str(next(filter(None, given), ""))
