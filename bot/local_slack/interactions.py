"""What a person does with the app's elements: presses, chooses, submits, closes."""

from dataclasses import dataclass, field
from typing import Any

from bot.local_slack.arguments import Arguments
from bot.local_slack.errors import NothingThereError, SlackTimeoutError
from bot.local_slack.inputs import build_choice, elements_of, missing_inputs, view_state
from bot.local_slack.payloads import build_interaction
from bot.local_slack.sockets import NoSocketError
from bot.local_slack.view_rules import require_view
from bot.local_slack.views import View
from bot.local_slack.workspace import Channel, Message, User
from bot.local_slack.world import World

Entered = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Deed:
    """One press or choice: which element, what was chosen, and what else is entered around it."""

    action_id: str
    block_id: str | None = None
    value: Any = None
    entered: Entered = field(default_factory=dict)


class Interactions:
    """Bring deeds to the app, and carry out what it answers."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def _deliver(self, payload: dict[str, Any], *, answerable: bool = False) -> dict[str, Any]:
        try:
            return await self._world.sockets.deliver("interactive", payload, answerable=answerable)
        except NoSocketError:
            raise SlackTimeoutError("the app is not connected") from None
        except TimeoutError:
            waited = self._world.settings.ack_timeout_s
            raise SlackTimeoutError(f"the app did not acknowledge within {waited:g} s") from None

    async def act_on_message(self, user: User, channel: Channel, message: Message, deed: Deed) -> None:
        """Press a button or choose something in a message."""
        blocks = _blocks_of(message)
        hidden = bool(message.get("is_ephemeral"))
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id}
        container["is_ephemeral"] = hidden
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        key = self._world.response_urls.give(user.id, channel.id, message["ts"])
        payload = build_interaction(self._world, user, "block_actions", channel) | {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": view_state(blocks, deed.entered)},
            "response_url": f"{self._world.base_url}/response/{key}",
            "actions": [self._action(blocks, deed)],
        }
        await self._deliver(payload if hidden else payload | {"message": message})

    async def act_on_view(self, user: User, view: View, deed: Deed) -> None:
        """Press a button or choose something in a modal or on the Home tab."""
        action = self._action(view["blocks"], deed)
        entered = {**deed.entered}
        entered[action["block_id"]] = {**entered.get(action["block_id"], {}), deed.action_id: deed.value}
        view["state"] = {"values": view_state(view["blocks"], entered)}
        payload = build_interaction(self._world, user, "block_actions") | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "actions": [action],
        }
        await self._deliver(payload)

    def _action(self, blocks: list[dict[str, Any]], deed: Deed) -> dict[str, Any]:
        there = list(elements_of(blocks))
        for block, element in there:
            if element["action_id"] == deed.action_id and deed.block_id in (None, block["block_id"]):
                about = {"type": element["type"], "action_id": deed.action_id, "block_id": block["block_id"]}
                about["action_ts"] = self._world.workspace.timestamps.next()
                return about | build_choice(element, deed.value)
        known = ", ".join(element["action_id"] for _, element in there) or "none"
        raise NothingThereError(f"there is no element {deed.action_id!r} here; there are: {known}")

    async def submit(self, user: User, view: View, entered: Entered) -> dict[str, str]:
        """Submit a modal; answer what is shown under its inputs, empty when it was accepted."""
        view["state"] = {"values": view_state(view["blocks"], entered)}
        problems = missing_inputs(view["blocks"], view["state"]["values"])
        if problems:
            return problems
        payload = build_interaction(self._world, user, "view_submission")
        ack = await self._deliver(payload | {"view": view, "response_urls": []}, answerable=True)
        return self._carry_out(user, view, ack)

    def _carry_out(self, user: User, view: View, ack: dict[str, Any]) -> dict[str, str]:
        action = ack.get("response_action")
        if action == "errors":
            return {str(block_id): str(text) for block_id, text in ack.get("errors", {}).items()}
        if action == "clear":
            self._world.views.close_all(user.id)
        elif action in ("update", "push"):
            shown = require_view(Arguments(ack).structure("view"), "modal")
            if action == "push":
                self._world.views.push(user.id, shown)
            else:
                self._world.views.update(view, shown)
        elif view in self._world.views.stack(user.id):
            self._world.views.close_top(user.id)
        return {}

    async def close(self, user: User, view: View, *, everything: bool) -> None:
        """Close the topmost modal, or all of them; the app hears of it where it asked to."""
        stack = list(self._world.views.stack(user.id))
        clear = everything or view["clear_on_close"]
        closed = stack[::-1] if clear else [view]
        if clear:
            self._world.views.close_all(user.id)
        else:
            self._world.views.close_top(user.id)
        for each in closed:
            if each["notify_on_close"]:
                payload = build_interaction(self._world, user, "view_closed")
                await self._deliver(payload | {"view": each, "is_cleared": clear})

    async def use_shortcut(self, user: User, channel: Channel, message: Message, callback_id: str) -> None:
        """Use a shortcut on a message."""
        self._require_shortcut(callback_id, "message")
        key = self._world.response_urls.give(user.id, channel.id, message["ts"])
        payload = build_interaction(self._world, user, "message_action", channel) | {
            "callback_id": callback_id,
            "action_ts": self._world.workspace.timestamps.next(),
            "message_ts": message["ts"],
            "message": message,
            "channel": {"id": channel.id, "name": channel.name},
            "response_url": f"{self._world.base_url}/response/{key}",
        }
        await self._deliver(payload)

    async def use_global_shortcut(self, user: User, callback_id: str, channel: Channel | None = None) -> None:
        """Use a shortcut of the composer, with this conversation in view; the app is not told which."""
        self._require_shortcut(callback_id, "global")
        payload = build_interaction(self._world, user, "shortcut", channel) | {
            "callback_id": callback_id,
            "action_ts": self._world.workspace.timestamps.next(),
        }
        await self._deliver(payload)

    def _require_shortcut(self, callback_id: str, kind: str) -> None:
        known = [each.callback_id for each in self._world.settings.shortcuts if each.type == kind]
        if callback_id not in known:
            there = ", ".join(known) or "none"
            raise NothingThereError(f"there is no {kind} shortcut {callback_id!r}; there are: {there}")


def _blocks_of(message: Message) -> list[dict[str, Any]]:
    attached = [block for each in message.get("attachments", []) for block in each.get("blocks", [])]
    return [*message.get("blocks", []), *attached]
