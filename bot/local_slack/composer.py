"""What a person types: commands to the app, and messages to people."""

import asyncio
import re
from typing import Any

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.payloads import build_command, build_event
from bot.local_slack.response_urls import ResponseUrl
from bot.local_slack.responses import show_response
from bot.local_slack.sockets import NoSocketError
from bot.local_slack.workspace import Channel, Message, User
from bot.local_slack.world import World

_NOT_A_COMMAND = (
    "`{command}` is not a valid command. In Slack, all messages that start with the “/” character are "
    "interpreted as commands.\n\nIf you are trying to send a message and not run a command, try "
    "preceding the “/” with an empty space."
)
_NOT_IN_THREADS = "`{command}` is not supported in threads. Sorry!"
_FAILED = '{command} failed with the error "{error}"'


class Composer:
    """Take what people type, and bring it to where it belongs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._events: set[asyncio.Task[None]] = set()

    async def type_text(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> None:
        """Take one entry of the composer; one that starts with a slash is a command."""
        if text.startswith("/"):
            await self.run_command(user, channel, text, thread_ts)
        else:
            self.say(user, channel, text, thread_ts)

    async def run_command(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> None:
        """Deliver a command, and show how the app acknowledged it."""
        command, _, rest = text.strip().partition(" ")
        if command not in {each.command for each in self._world.settings.commands}:
            self._tell(user, channel, _NOT_A_COMMAND.format(command=command), thread_ts)
        elif thread_ts:
            self._tell(user, channel, _NOT_IN_THREADS.format(command=command), thread_ts)
        else:
            await self._deliver(user, channel, command, rest.strip())

    async def _deliver(self, user: User, channel: Channel, command: str, text: str) -> None:
        payload = build_command(self._world, user, channel, command, text)
        try:
            ack = await self._world.sockets.deliver("slash_commands", payload, answerable=True)
            self._show_ack(user, channel, ack)
        except NoSocketError:
            self._tell(user, channel, _FAILED.format(command=command, error="dispatch_failed"))
        except TimeoutError:
            self._tell(user, channel, _FAILED.format(command=command, error="operation_timeout"))
        except SlackRefusalError:
            self._tell(user, channel, _FAILED.format(command=command, error="invalid_command_response"))

    def _show_ack(self, user: User, channel: Channel, ack: dict[str, Any]) -> None:
        if ack.get("text") or ack.get("blocks"):
            # Bolt adds the other fields of a response as null.
            body = {name: value for name, value in ack.items() if value is not None}
            show_response(self._world, ResponseUrl(user.id, channel.id, None, 0, 0), body)

    def _tell(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> None:
        message = self._world.workspace.new_message(self._world.workspace.slackbot, text, thread_ts=thread_ts)
        self._world.workspace.post_ephemeral(channel.id, user.id, message)

    def say(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> Message:
        """Post what a person says; the app hears of it where it is mentioned."""
        if thread_ts:
            self._world.workspace.require_thread(channel.id, thread_ts)
        written = self._link_names(escape(text))
        message = self._world.workspace.new_message(user, written, thread_ts=thread_ts)
        self._world.workspace.post(channel.id, message)
        if f"<@{self._world.workspace.bot.id}>" in written:
            self._send_mention(channel, message)
        return message

    def _link_names(self, text: str) -> str:
        def link(match: re.Match[str]) -> str:
            user = self._world.workspace.find_user(match[1])
            return f"<@{user.id}>" if user else match[0]

        return re.sub(r"@([\w.-]+)", link, text)

    def _send_mention(self, channel: Channel, message: Message) -> None:
        event = {name: message[name] for name in ("user", "text", "ts", "team")}
        event |= {"type": "app_mention", "channel": channel.id, "event_ts": message["ts"]}
        if "thread_ts" in message:
            event["thread_ts"] = message["thread_ts"]
        self.send_event(event)

    def send_event(self, event: dict[str, Any]) -> None:
        """Deliver an event; nobody is told when the app does not take it."""
        task = asyncio.get_running_loop().create_task(self._deliver_event(event))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def _deliver_event(self, event: dict[str, Any]) -> None:
        payload = build_event(self._world, event)
        try:
            await self._world.sockets.deliver("events_api", payload, answerable=False)
        except (NoSocketError, TimeoutError):
            return

    async def close(self) -> None:
        """Stop the deliveries that still wait."""
        tasks = list(self._events)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def escape(text: str) -> str:
    """Write the three characters that mean something to Slack as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
