"""The workspace: its people, channels and messages. It belongs to the server's event loop."""

import re
from dataclasses import dataclass
from typing import Any

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.feed import Feed
from bot.local_slack.identifiers import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Timestamps,
    channel_id_of,
    user_group_id_of,
    user_id_of,
)
from bot.local_slack.settings import LocalSlackSettings

Message = dict[str, Any]
_TIMESTAMP = re.compile(r"\d{1,12}\.\d{6}")


@dataclass(frozen=True)
class User:
    """A person, or the app's bot."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False


@dataclass(frozen=True)
class Channel:
    """A public channel that every person is in; `is_member` tells whether the bot is."""

    id: str
    name: str
    is_member: bool
    created: int


class Workspace:
    """People, channels, messages, and who sees what.

    Messages are kept as `conversations.history` gives them. Ephemeral ones are kept apart, with the user
    who sees them under `ephemeral_to`.
    """

    def __init__(self, settings: LocalSlackSettings, feed: Feed) -> None:
        self.name = settings.workspace_name
        self._feed = feed
        self.timestamps = Timestamps(settings.clock)
        bot = User(BOT_USER_ID, settings.app_name, settings.app_name, is_bot=True)
        people = [User(user_id_of(name), name, name.capitalize()) for name in settings.users]
        self.bot = bot
        self.slackbot = User("USLACKBOT", "slackbot", "Slackbot")
        self.users = {user.id: user for user in [*people, bot]}
        created = int(settings.clock())
        self.channels = {
            channel_id_of(name): Channel(channel_id_of(name), name, name in settings.bot_channels, created)
            for name in settings.channels
        }
        self.user_groups = {
            user_group_id_of(handle): [user_id_of(name) for name in names]
            for handle, names in settings.user_groups.items()
        }
        self._messages: dict[str, dict[str, Message]] = {channel_id: {} for channel_id in self.channels}
        self._ephemerals: list[Message] = []

    def find_user(self, wanted: str) -> User | None:
        """Answer the user of this id or name."""
        by_name = (user for user in self.users.values() if user.name == wanted.removeprefix("@"))
        return self.users.get(wanted) or next(by_name, None)

    def find_channel(self, wanted: str) -> Channel | None:
        """Answer the channel of this id or name, with or without #."""
        by_name = (channel for channel in self.channels.values() if channel.name == wanted.removeprefix("#"))
        return self.channels.get(wanted) or next(by_name, None)

    def bot_profile(self) -> dict[str, Any]:
        """Answer the `bot_profile` that every message of the bot carries."""
        return {
            "id": BOT_ID,
            "app_id": APP_ID,
            "user_id": self.bot.id,
            "name": self.bot.name,
            "deleted": False,
            "updated": 0,
            "team_id": TEAM_ID,
        }

    def new_message(self, user: User, text: str, **more: Any) -> Message:
        """Answer a new message of this user, not yet in any channel; fields that are None are left out."""
        message: Message = {"type": "message", "ts": self.timestamps.next(), "user": user.id, "text": text}
        if user.is_bot:
            message |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": self.bot_profile()}
        message["team"] = TEAM_ID
        return message | {name: value for name, value in more.items() if value is not None}

    def require_thread(self, channel_id: str, thread_ts: str) -> None:
        """Raise Slack's refusal unless `thread_ts` is a message that may have replies."""
        if not _TIMESTAMP.fullmatch(thread_ts):
            raise SlackRefusalError("invalid_thread_ts")
        parent = self._messages[channel_id].get(thread_ts)
        if parent is None:
            raise SlackRefusalError("thread_not_found")
        if parent.get("thread_ts", thread_ts) != thread_ts:
            raise SlackRefusalError("cannot_reply_to_message")

    def post(self, channel_id: str, message: Message) -> Message:
        """Put a message into a channel, and into its thread where it has a `thread_ts`."""
        self._messages[channel_id][message["ts"]] = message
        parent = self._messages[channel_id].get(message.get("thread_ts", ""))
        if parent is not None and parent is not message:
            self._count_replies(channel_id, parent)
        self._publish(channel_id, message)
        return message

    def _count_replies(self, channel_id: str, parent: Message) -> None:
        replies = self.replies(channel_id, parent["ts"])[1:]
        for name in ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"):
            parent.pop(name, None)
        if replies:
            people = list(dict.fromkeys(reply["user"] for reply in replies))
            parent |= {
                "thread_ts": parent["ts"],
                "reply_count": len(replies),
                "reply_users": people,
                "reply_users_count": len(people),
                "latest_reply": replies[-1]["ts"],
            }
        self._publish(channel_id, parent)

    def post_ephemeral(self, channel_id: str, user_id: str, message: Message) -> Message:
        """Show a message to one user only."""
        message |= {"is_ephemeral": True, "ephemeral_to": user_id, "channel": channel_id}
        self._ephemerals.append(message)
        self._feed.publish({"type": "message", "channel": channel_id, "message": message}, only_to=user_id)
        return message

    def remove_ephemeral(self, message: Message) -> None:
        """Take an ephemeral message away."""
        self._ephemerals.remove(message)
        self._feed.publish(
            {"type": "message_deleted", "channel": message["channel"], "ts": message["ts"]},
            only_to=message["ephemeral_to"],
        )

    def changed(self, channel_id: str, message: Message) -> None:
        """Tell the pages that a message changed in place."""
        if message.get("is_ephemeral"):
            event = {"type": "message", "channel": channel_id, "message": message}
            self._feed.publish(event, only_to=message["ephemeral_to"])
        else:
            self._publish(channel_id, message)

    def remove(self, channel_id: str, ts: str) -> None:
        """Delete a message; one with replies leaves a tombstone, as in Slack."""
        message = self._messages[channel_id][ts]
        if message.get("reply_count"):
            for name in ("blocks", "attachments", "files", "edited"):
                message.pop(name, None)
            message |= {"subtype": "tombstone", "text": "This message was deleted."}
            self._publish(channel_id, message)
            return
        del self._messages[channel_id][ts]
        self._feed.publish({"type": "message_deleted", "channel": channel_id, "ts": ts})
        parent = self._messages[channel_id].get(message.get("thread_ts", ""))
        if parent is not None:
            self._count_replies(channel_id, parent)

    def message(self, channel_id: str, ts: str) -> Message | None:
        """Answer the message of this timestamp, unless it is ephemeral."""
        return self._messages[channel_id].get(ts)

    def ephemeral(self, channel_id: str, ts: str) -> Message | None:
        """Answer the ephemeral message of this timestamp."""
        return next((m for m in self._ephemerals if (m["channel"], m["ts"]) == (channel_id, ts)), None)

    def history(self, channel_id: str) -> list[Message]:
        """Answer the channel's messages, oldest first, without replies that stay in their threads."""
        return [m for m in self.everything(channel_id) if is_in_channel(m)]

    def replies(self, channel_id: str, thread_ts: str) -> list[Message]:
        """Answer a thread: its parent, then the replies, oldest first."""
        return [m for m in self.everything(channel_id) if thread_ts in (m["ts"], m.get("thread_ts"))]

    def everything(self, channel_id: str) -> list[Message]:
        """Answer all messages of a channel, those of threads too, oldest first."""
        return sorted(self._messages[channel_id].values(), key=lambda m: float(m["ts"]))

    def ephemerals(self, user_id: str, channel_id: str) -> list[Message]:
        """Answer what only this user sees in the channel, oldest first."""
        return [m for m in self._ephemerals if (m["ephemeral_to"], m["channel"]) == (user_id, channel_id)]

    def _publish(self, channel_id: str, message: Message) -> None:
        self._feed.publish({"type": "message", "channel": channel_id, "message": message})


def is_in_channel(message: Message) -> bool:
    """Tell whether a message shows in the channel itself, not only in a thread."""
    own_thread = message.get("thread_ts", message["ts"]) == message["ts"]
    return own_thread or message.get("subtype") == "thread_broadcast"
