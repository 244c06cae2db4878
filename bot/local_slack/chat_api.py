"""The Web API methods of the chat family."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.local_slack.arguments import Arguments
from bot.local_slack.content import build_content, require_short_text
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.workspace import Message
from bot.local_slack.world import World

Answer = dict[str, Any]
Method = Callable[[World, Arguments], Answer]


def _thread_of(world: World, channel_id: str, arguments: Arguments) -> str | None:
    thread_ts = arguments.text("thread_ts")
    if thread_ts:
        world.workspace.require_thread(channel_id, thread_ts)
    return thread_ts or None


def _read_metadata(arguments: Arguments) -> dict[str, Any] | None:
    """Answer the metadata that is given; None where it is not, or is empty, which takes it away."""
    metadata = arguments.structure("metadata")
    if not metadata:
        return None
    well_formed = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not well_formed:
        raise SlackRefusalError("invalid_metadata_format")
    return {name: metadata[name] for name in ("event_type", "event_payload")}


def post_message(world: World, arguments: Arguments) -> Answer:
    """Post a message into a channel, or as a reply into a thread."""
    channel = world.require_channel(arguments.required("channel"))
    content = build_content(world.settings, arguments)
    thread_ts = _thread_of(world, channel.id, arguments)
    broadcast = "thread_broadcast" if thread_ts and arguments.flag("reply_broadcast") else None
    message = world.workspace.new_message(
        world.workspace.bot,
        thread_ts=thread_ts,
        subtype=broadcast,
        metadata=_read_metadata(arguments),
        **content,
    )
    world.workspace.post(channel.id, message)
    return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": message}


def post_ephemeral(world: World, arguments: Arguments) -> Answer:
    """Show a message to one person in a channel."""
    channel = world.require_channel(arguments.required("channel"))
    user = world.workspace.users.get(arguments.required("user"))
    if user is None or user.is_bot:
        raise SlackRefusalError("user_not_in_channel")
    require_short_text(arguments)
    content = build_content(world.settings, arguments)
    thread_ts = _thread_of(world, channel.id, arguments)
    message = world.workspace.new_message(world.workspace.bot, thread_ts=thread_ts, **content)
    world.workspace.post_ephemeral(channel.id, user.id, message)
    return {"ok": True, "message_ts": message["ts"]}


def _require_own(world: World, arguments: Arguments, refusal: str) -> tuple[str, Message]:
    channel = world.require_channel(arguments.required("channel"))
    message = world.workspace.message(channel.id, arguments.required("ts"))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackRefusalError("message_not_found")
    if message["user"] != world.workspace.bot.id:
        raise SlackRefusalError(refusal)
    return channel.id, message


def update(world: World, arguments: Arguments) -> Answer:
    """Change a message of the bot: what is shown, whole, and metadata where it is given. Files stay."""
    channel_id, message = _require_own(world, arguments, "cant_update_message")
    require_short_text(arguments)
    content = build_content(world.settings, arguments)
    metadata = _read_metadata(arguments)
    change_message(world, message, content)
    if arguments.has("metadata"):
        message.pop("metadata", None)
        message |= {"metadata": metadata} if metadata else {}
    world.workspace.changed(channel_id, message)
    return {
        "ok": True,
        "channel": channel_id,
        "ts": message["ts"],
        "text": message["text"],
        "message": message,
    }


def change_message(world: World, message: Message, content: dict[str, Any]) -> None:
    """Replace what a message says. Only a change of bare text is marked as edited, as in Slack."""
    for name in ("blocks", "attachments"):
        message.pop(name, None)
    message |= content
    if "blocks" not in content:
        message["edited"] = {"user": message["user"], "ts": world.workspace.timestamps.next()}
    else:
        message.pop("edited", None)


def delete(world: World, arguments: Arguments) -> Answer:
    """Delete a message of the bot."""
    channel_id, message = _require_own(world, arguments, "cant_delete_message")
    world.workspace.remove(channel_id, message["ts"])
    return {"ok": True, "channel": channel_id, "ts": message["ts"]}


def get_permalink(world: World, arguments: Arguments) -> Answer:
    """Answer the address of a message on the page."""
    channel = world.require_channel(arguments.required("channel"))
    ts = arguments.required("message_ts")
    if world.workspace.message(channel.id, ts) is None:
        raise SlackRefusalError("message_not_found")
    permalink = f"{world.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": permalink}


CHAT_METHODS: Mapping[str, Method] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
