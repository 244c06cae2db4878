"""Buttons, menus, modals, Home tabs, mentions and response URLs, with a real Bolt app at the other end."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, Respond, Say
from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError

from bot.local_slack import NothingThereError, Shortcut, SlackTimeoutError
from tests.local_slack.conftest import Clock, Installed

OPTIONS = [{"text": {"type": "plain_text", "text": f"Top {n}"}, "value": str(n)} for n in (5, 10)]
ACTIONS = {
    "type": "actions",
    "block_id": "row",
    "elements": [
        {"type": "button", "action_id": "more", "value": "v", "text": {"type": "plain_text", "text": "More"}},
        {"type": "static_select", "action_id": "top", "options": OPTIONS, "initial_option": OPTIONS[0]},
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "narrow",
    "private_metadata": "run-1",
    "title": {"type": "plain_text", "text": "Narrow"},
    "submit": {"type": "plain_text", "text": "Ask"},
    "blocks": [
        {
            "type": "input",
            "block_id": "port",
            "label": {"type": "plain_text", "text": "Port"},
            "element": {"type": "plain_text_input", "action_id": "port"},
        }
    ],
}


def post_actions(installed: Installed) -> str:
    return str(installed.client.chat_postMessage(channel="network", text="x", blocks=[ACTIONS])["ts"])


def open_modal(installed: Installed, view: dict[str, Any] = MODAL) -> None:
    @installed.app.command("/vpccidr")
    def show(ack: Ack, command: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=view)

    installed.connect()
    installed.slack.type_command("/vpccidr")
    installed.slack.wait_for(lambda slack: slack.views())


def test_click(installed: Installed) -> None:
    """A press reaches its listener with the message, the value and the state of what is around."""
    bodies: list[dict[str, Any]] = []

    @installed.app.action("more")
    def more(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        bodies.append(body)
        respond("more", replace_original=True)

    installed.connect()
    ts = post_actions(installed)
    installed.slack.click(ts, "more", user="ben", entered={"row": {"top": "10"}})
    installed.slack.wait_for(lambda slack: slack.messages()[0]["text"] == "more")
    (body,) = bodies
    assert (body["user"]["name"], body["message"]["ts"], body["actions"][0]["value"]) == ("ben", ts, "v")
    assert body["state"]["values"]["row"]["top"]["selected_option"]["value"] == "10"


def test_choose_in_a_menu(installed: Installed) -> None:
    chosen: list[str] = []

    @installed.app.action("top")
    def top(ack: Ack, action: dict[str, Any]) -> None:
        chosen.append(action["selected_option"]["value"])
        ack()

    installed.connect()
    ts = post_actions(installed)
    installed.slack.click(ts, "top", value="10")
    assert chosen == ["10"]
    with pytest.raises(ValueError, match="no option has the value '7'"):
        installed.slack.click(ts, "top", value="7")


def test_click_that_fails(install: Callable[..., Installed]) -> None:
    """Whoever presses what is not there, or what nobody acks, is told what is wrong."""
    installed = install(ack_timeout_s=0.1, redelivery_delays_s=())
    ts = post_actions(installed)
    with pytest.raises(SlackTimeoutError, match="not connected"):
        installed.slack.click(ts, "more")
    installed.connect()
    with pytest.raises(SlackTimeoutError, match="did not acknowledge"):
        installed.slack.click(ts, "more")
    with pytest.raises(NothingThereError, match="there are: more, top"):
        installed.slack.click(ts, "less")
    with pytest.raises(NothingThereError, match="ana sees no message"):
        installed.slack.click("1.000001", "more")


def test_ephemeral_is_pressed_only_by_its_reader(installed: Installed) -> None:
    @installed.app.action("more")
    def more(ack: Ack, respond: Respond) -> None:
        ack()
        respond(delete_original=True)

    installed.connect()
    slack = installed.slack
    installed.client.chat_postEphemeral(
        channel="network", user=slack.user_id("ana"), text="x", blocks=[ACTIONS]
    )
    ts = slack.ephemerals("ana")[0]["ts"]
    with pytest.raises(NothingThereError):
        slack.click(ts, "more", user="ben")
    slack.click(ts, "more", user="ana")
    slack.wait_for(lambda s: not s.ephemerals("ana"))


def test_submission(installed: Installed) -> None:
    """Required inputs, the app's own errors, and acceptance, in the order a person meets them."""

    @installed.app.view("narrow")
    def narrow(ack: Ack, view: dict[str, Any]) -> None:
        port = view["state"]["values"]["port"]["port"]["value"]
        assert view["private_metadata"] == "run-1"
        if port.isdigit():
            ack()
        else:
            ack(response_action="errors", errors={"port": "not a port"})

    open_modal(installed)
    slack = installed.slack
    assert slack.submit_view() == {"port": "Please complete this required field."}
    assert slack.submit_view({"port": "http"}) == {"port": "not a port"}
    assert len(slack.views()) == 1
    assert slack.submit_view({"port": "443"}) == {}
    assert slack.views() == []


@pytest.mark.parametrize(("action", "count"), [("push", 2), ("update", 1), ("clear", 0)])
def test_what_a_submission_leads_to(installed: Installed, action: str, count: int) -> None:
    second = MODAL | {"title": {"type": "plain_text", "text": "Second"}}

    @installed.app.view("narrow")
    def narrow(ack: Ack) -> None:
        ack(response_action=action, view=second) if action != "clear" else ack(response_action="clear")

    open_modal(installed)
    assert installed.slack.submit_view({"port": "1"}) == {}
    views = installed.slack.views()
    assert len(views) == count
    assert all(view["title"]["text"] == "Second" for view in views[-1:])


def test_closing_is_told_where_it_was_asked(installed: Installed) -> None:
    closed: list[bool] = []

    @installed.app.view_closed("narrow")
    def narrow(ack: Ack, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        ack()

    open_modal(installed, MODAL | {"notify_on_close": True})
    installed.slack.close_view()
    assert closed == [False]
    assert installed.slack.views() == []


def error_of(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_triggers(install: Callable[..., Installed]) -> None:
    """A trigger opens one view, within three seconds; a stack has three."""
    clock = Clock()
    installed = install(clock=clock)
    triggers: list[str] = []

    @installed.app.command("/vpccidr")
    def keep(ack: Ack, command: dict[str, Any]) -> None:
        triggers.append(command["trigger_id"])
        ack()

    installed.connect()
    client = installed.client
    for _ in range(5):
        installed.slack.type_command("/vpccidr")
    client.views_open(trigger_id=triggers[0], view=MODAL)
    assert error_of(client.views_open, trigger_id=triggers[0], view=MODAL) == "exchanged_trigger_id"
    client.views_push(trigger_id=triggers[1], view=MODAL)
    client.views_push(trigger_id=triggers[2], view=MODAL)
    assert error_of(client.views_push, trigger_id=triggers[3], view=MODAL) == "push_limit_reached"
    clock.now += 3.1
    assert error_of(client.views_open, trigger_id=triggers[4], view=MODAL) == "expired_trigger_id"


def test_update_of_a_view(installed: Installed) -> None:
    open_modal(installed)
    (view,) = installed.slack.views()
    client = installed.client
    assert error_of(client.views_update, view_id=view["id"], hash="old", view=MODAL) == "hash_conflict"
    client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL | {"private_metadata": "2"})
    (after,) = installed.slack.views()
    assert (after["id"], after["private_metadata"]) == (view["id"], "2")


def test_home(installed: Installed) -> None:
    """Opening the Home tab tells the app, which publishes it for this person."""

    @installed.app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [ACTIONS]})

    installed.connect()
    slack = installed.slack
    slack.open_home("ben")
    home = slack.wait_for(lambda s: s.home("ben"))
    assert home["blocks"][0]["block_id"] == "row"
    assert slack.home("ana") is None


def test_mention(installed: Installed) -> None:
    """Mentions reach the app, escaped and linked as Slack does; in a thread they keep it."""

    @installed.app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Say) -> None:
        say(event["text"], thread_ts=event.get("thread_ts", event["ts"]))

    installed.connect()
    slack = installed.slack
    ts = slack.say("@vpccidr a <b> & c")
    (reply,) = slack.wait_for(lambda s: s.replies("network", ts))
    assert reply["text"] == "<@U0BOT00000> a &lt;b&gt; &amp; c"


def test_shortcut(install: Callable[..., Installed]) -> None:
    installed = install(shortcuts=(Shortcut("Ask about this", "ask"),))
    seen: list[str] = []

    @installed.app.message_shortcut("ask")
    def ask(ack: Ack, shortcut: dict[str, Any]) -> None:
        seen.append(shortcut["message"]["text"])
        ack()

    installed.connect()
    installed.slack.use_shortcut(installed.slack.say("10.1.0.0/16"), "ask")
    assert seen == ["10.1.0.0/16"]


def test_global_shortcut_opens_a_modal_for_the_conversation_in_view(
    install: Callable[..., Installed],
) -> None:
    """The app is not told which one it is: only its modal can ask for it."""
    installed = install(shortcuts=(Shortcut("Ask", "ask", "global"), Shortcut("About this", "about")))
    seen: list[dict[str, Any]] = []
    place = {"type": "conversations_select", "action_id": "place", "default_to_current_conversation": True}
    block = {"type": "input", "label": {"type": "plain_text", "text": "Where"}, "element": place}
    modal = {**MODAL, "blocks": [{**block, "block_id": "place"}]}

    @installed.app.global_shortcut("ask")
    def ask(ack: Ack, shortcut: dict[str, Any], client: WebClient) -> None:
        ack()
        seen.append(shortcut)
        view = client.views_open(trigger_id=shortcut["trigger_id"], view=modal)["view"]
        client.views_update(view_id=view["id"], view=modal)

    installed.connect()
    slack = installed.slack
    slack.use_global_shortcut("ask", "random")
    slack.wait_for(lambda s: s.calls[-1:] and s.calls[-1][0] == "views.update")
    assert "channel" not in seen[0]
    state = slack.views()[-1]["state"]["values"]["place"]["place"]
    assert state["selected_conversation"] == slack.channel("random")["id"]
    with pytest.raises(NothingThereError, match="no global shortcut 'about'; there are: ask"):
        slack.use_global_shortcut("about")


def test_response_url(install: Callable[..., Installed]) -> None:
    """Five uses within half an hour; more, later, or nonsense is refused."""
    clock = Clock()
    installed = install(clock=clock)
    urls: list[str] = []

    @installed.app.command("/vpccidr")
    def keep(ack: Ack, command: dict[str, Any]) -> None:
        urls.append(command["response_url"])
        ack()

    installed.connect()
    slack = installed.slack
    slack.type_command("/vpccidr")
    slack.type_command("/vpccidr")
    first, second = (WebhookClient(url) for url in urls)
    assert first.send(text="1").status_code == 200
    assert first.send(text="2", response_type="in_channel").body == "ok"
    assert "no_text" in first.send(text="").body
    assert "invalid_blocks" in first.send(blocks=[{"type": "poem"}]).body
    assert first.send(text="5").status_code == 200
    assert (first.send(text="6").status_code, "used_url" in first.send(text="6").body) == (404, True)
    clock.now += 1801
    assert "expired_url" in second.send(text="late").body
    assert [m["text"] for m in slack.ephemerals()] == ["1", "5"]
    assert [m["text"] for m in slack.messages()] == ["2"]


def test_commands_that_go_nowhere(installed: Installed) -> None:
    """What Slack itself answers: no such command, not in a thread, the app is away."""
    slack = installed.slack
    ts = slack.say("a thread")
    slack.type_command("/vpcsider list")
    slack.type_command("/vpccidr list", thread_ts=ts)
    slack.type_command("/vpccidr list")
    first, second, third = (m["text"] for m in slack.ephemerals())
    assert first.startswith("`/vpcsider` is not a valid command.")
    assert second == "`/vpccidr` is not supported in threads. Sorry!"
    assert third == '/vpccidr failed with the error "dispatch_failed"'
