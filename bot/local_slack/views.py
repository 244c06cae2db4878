"""Triggers, and the views they open: stacks of modals, and the Home tab."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.local_slack import limits
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.feed import Feed
from bot.local_slack.identifiers import APP_ID, BOT_ID, TEAM_ID, new_id, new_secret
from bot.local_slack.inputs import view_state

View = dict[str, Any]


@dataclass
class _Trigger:
    user_id: str
    expires_at: float
    channel_id: str
    is_used: bool = False


class Triggers:
    """The trigger ids given out: each may be exchanged once, within its few seconds."""

    def __init__(self, ttl_s: float, clock: Callable[[], float]) -> None:
        self._ttl_s = ttl_s
        self._clock = clock
        self._triggers: dict[str, _Trigger] = {}

    def give(self, user_id: str, channel_id: str = "") -> str:
        """Answer a new trigger id for what this user just did, with this conversation in view if any."""
        trigger_id = f"{int(self._clock() * 1000)}.{TEAM_ID}.{new_secret()}"
        self._triggers[trigger_id] = _Trigger(user_id, self._clock() + self._ttl_s, channel_id)
        return trigger_id

    def require(self, trigger_id: str) -> str:
        """Answer whose trigger this is, or raise Slack's refusal. It stays usable until it is spent."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackRefusalError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackRefusalError("exchanged_trigger_id")
        if self._clock() > trigger.expires_at:
            raise SlackRefusalError("expired_trigger_id")
        return trigger.user_id

    def spend(self, trigger_id: str) -> None:
        """Let nobody use this trigger again."""
        self._triggers[trigger_id].is_used = True

    def find_channel(self, trigger_id: str) -> str:
        """Answer the conversation that was in view, an empty text where there was none."""
        return self._triggers[trigger_id].channel_id


class Views:
    """The modals each person has open, the topmost last, and each person's Home tab."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._channels: dict[str, str] = {}  # the conversation in view when a modal was opened

    def stack(self, user_id: str) -> list[View]:
        """Answer this user's open modals, the topmost last."""
        return self._stacks.setdefault(user_id, [])

    def home(self, user_id: str) -> View | None:
        """Answer this user's Home tab, None while none was published."""
        return self._homes.get(user_id)

    def open(self, user_id: str, view: View, channel_id: str = "") -> View:
        """Open a modal; one that is open is replaced with all its stack. `channel_id` is what was in view."""
        self._require_new_external_id(view)
        opened = build_view(view, channel_id)
        opened["root_view_id"] = opened["id"]
        self._channels[opened["id"]] = channel_id
        self._stacks[user_id] = [opened]
        self._tell(user_id)
        return opened

    def push(self, user_id: str, view: View) -> View:
        """Put a modal on top of the one that is open."""
        stack = self.stack(user_id)
        if not stack:
            raise SlackRefusalError("not_found")
        if len(stack) >= limits.VIEW_STACK:
            raise SlackRefusalError("push_limit_reached")
        self._require_new_external_id(view)
        pushed = build_view(view, self._channels[stack[0]["id"]])
        pushed |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(pushed)
        self._tell(user_id)
        return pushed

    def update(self, old: View, view: View) -> View:
        """Show other content in an open view, under the id that it has."""
        user_id = self.owner(old["id"])
        kept = {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
        old.clear()
        old |= build_view(view, self._channels.get(kept["root_view_id"], "")) | kept
        self._tell(user_id)
        return old

    def publish(self, user_id: str, view: View) -> View:
        """Show this as the user's Home tab."""
        home = build_view(view)
        home["root_view_id"] = home["id"]
        self._homes[user_id] = home
        self._feed.publish({"type": "home", "view": home}, only_to=user_id)
        return home

    def close_top(self, user_id: str) -> None:
        """Close the topmost modal."""
        if self.stack(user_id):
            self.stack(user_id).pop()
        self._tell(user_id)

    def close_all(self, user_id: str) -> None:
        """Close every modal of this user."""
        self._stacks[user_id] = []
        self._tell(user_id)

    def all_views(self) -> list[tuple[str, View]]:
        """Answer every view that is open or published, with the user who has it."""
        modals = [(user_id, view) for user_id, stack in self._stacks.items() for view in stack]
        return [*modals, *self._homes.items()]

    def find(self, *, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """Answer the view of this id or external id."""
        wanted = ("id", view_id) if view_id else ("external_id", external_id)
        return next((view for _, view in self.all_views() if view[wanted[0]] == wanted[1]), None)

    def owner(self, view_id: str) -> str:
        """Answer the user who has this view."""
        return next(user_id for user_id, view in self.all_views() if view["id"] == view_id)

    def _require_new_external_id(self, view: View) -> None:
        if view.get("external_id") and self.find(external_id=view["external_id"]):
            raise SlackRefusalError("duplicate_external_id")

    def _tell(self, user_id: str) -> None:
        self._feed.publish({"type": "views", "views": list(self.stack(user_id))}, only_to=user_id)


def build_view(view: View, channel_id: str = "") -> View:
    """Answer the view as Slack gives it back: the app's content with ids, hash and state.

    `channel_id` is chosen where the app asks for the conversation in view.
    """
    blocks = [_choose_channel(block, channel_id) for block in name_blocks(view["blocks"])]
    built = {
        "id": new_id("V"),
        "team_id": TEAM_ID,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
        "type": view["type"],
        "blocks": blocks,
        "hash": new_secret(),
        "state": {"values": view_state(blocks, {})},
        "root_view_id": None,
        "previous_view_id": None,
    }
    absent: View = {"title": None, "close": None, "submit": None}
    absent |= {"callback_id": "", "private_metadata": "", "external_id": ""}
    absent |= {"clear_on_close": False, "notify_on_close": False, "submit_disabled": False}
    return built | {name: view.get(name, value) for name, value in absent.items()}


def name_blocks(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answer the blocks with a made-up id wherever the app gave none, as Slack does."""
    return [_name_block(block) for block in blocks]


def _choose_channel(block: dict[str, Any], channel_id: str) -> dict[str, Any]:
    element = block.get("element", {})
    if not channel_id or not element.get("default_to_current_conversation"):
        return block
    return {**block, "element": {"initial_conversation": channel_id, **element}}


def _name_block(block: dict[str, Any]) -> dict[str, Any]:
    named = {**block, "block_id": block.get("block_id") or new_secret()[:5]}
    if block["type"] == "actions":
        named["elements"] = [_name_element(element) for element in block["elements"]]
    for name in ("accessory", "element"):
        if name in block and block[name]["type"] != "image":
            named[name] = _name_element(block[name])
    return named


def _name_element(element: dict[str, Any]) -> dict[str, Any]:
    return {**element, "action_id": element.get("action_id") or new_secret()[:5]}
