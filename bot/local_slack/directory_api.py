"""The Web API methods that tell who and what there is: auth, users, groups, conversations, apps."""

from collections.abc import Mapping
from typing import Any

from bot.local_slack.arguments import Arguments
from bot.local_slack.chat_api import Answer, Method
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.identifiers import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID
from bot.local_slack.workspace import Channel, Message, User
from bot.local_slack.world import World


def auth_test(world: World, _arguments: Arguments) -> Answer:
    """Tell whose token this is."""
    return {
        "ok": True,
        "url": f"{world.base_url}/",
        "team": world.workspace.name,
        "user": world.workspace.bot.name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


def open_connection(world: World, _arguments: Arguments) -> Answer:
    """Give out the address of one new socket."""
    ticket = world.sockets.issue_ticket()
    base = world.base_url.replace("http://", "ws://", 1)
    return {"ok": True, "url": f"{base}/link/?ticket={ticket}&app_id={APP_ID}"}


def describe_user(user: User) -> dict[str, Any]:
    """Answer the user object of the Web API."""
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "email": f"{user.name}@example.com",
        },
    }


def users_info(world: World, arguments: Arguments) -> Answer:
    """Answer one person."""
    return {"ok": True, "user": describe_user(world.require_user(arguments.required("user")))}


def users_list(world: World, _arguments: Arguments) -> Answer:
    """Answer everyone, on one page."""
    members = [describe_user(user) for user in world.workspace.users.values()]
    return {"ok": True, "members": members, "response_metadata": {"next_cursor": ""}}


def user_group_users(world: World, arguments: Arguments) -> Answer:
    """Answer the ids of the users in a user group."""
    users = world.workspace.user_groups.get(arguments.required("usergroup"))
    if users is None:
        raise SlackRefusalError("no_such_subteam")
    return {"ok": True, "users": users}


def describe_channel(world: World, channel: Channel) -> dict[str, Any]:
    """Answer the conversation object of the Web API."""
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_private": False,
        "is_archived": False,
        "is_general": False,
        "is_member": channel.is_member,
        "created": channel.created,
        "num_members": len(world.workspace.users),
        "context_team_id": TEAM_ID,
    }


def conversations_info(world: World, arguments: Arguments) -> Answer:
    """Answer one channel."""
    channel = _channel_of(world, arguments)
    return {"ok": True, "channel": describe_channel(world, channel)}


def conversations_list(world: World, _arguments: Arguments) -> Answer:
    """Answer all channels, on one page."""
    channels = [describe_channel(world, channel) for channel in world.workspace.channels.values()]
    return {"ok": True, "channels": channels, "response_metadata": {"next_cursor": ""}}


def _channel_of(world: World, arguments: Arguments) -> Channel:
    # Unlike the chat methods, these take an id and no name.
    channel = world.workspace.channels.get(arguments.required("channel"))
    if channel is None:
        raise SlackRefusalError("channel_not_found")
    return channel


def _page(messages: list[Message], arguments: Arguments) -> Answer:
    limit = max(1, min(arguments.integer("limit", 100), 999))
    start = arguments.integer("cursor", 0)
    oldest = float(arguments.text("oldest", "0"))
    latest = float(arguments.text("latest", "inf"))
    inclusive = arguments.flag("inclusive")
    wanted = [m for m in messages if _is_between(float(m["ts"]), oldest, latest, inclusive)]
    has_more = len(wanted) > start + limit
    cursor = {"response_metadata": {"next_cursor": str(start + limit)}} if has_more else {}
    with_metadata = arguments.flag("include_all_metadata")
    page = [m if with_metadata else _without_metadata(m) for m in wanted[start : start + limit]]
    return {"ok": True, "messages": page, "has_more": has_more, **cursor}


def _without_metadata(message: Message) -> Message:
    return {name: value for name, value in message.items() if name != "metadata"}


def _is_between(ts: float, oldest: float, latest: float, inclusive: bool) -> bool:
    return oldest <= ts <= latest if inclusive else oldest < ts < latest


def conversations_history(world: World, arguments: Arguments) -> Answer:
    """Answer a channel's messages, newest first."""
    channel = _channel_of(world, arguments)
    if not channel.is_member:
        raise SlackRefusalError("not_in_channel")
    return _page(world.workspace.history(channel.id)[::-1], arguments)


def conversations_replies(world: World, arguments: Arguments) -> Answer:
    """Answer a thread, its parent first."""
    channel = _channel_of(world, arguments)
    thread = world.workspace.replies(channel.id, arguments.required("ts"))
    if not thread:
        raise SlackRefusalError("thread_not_found")
    return _page(thread, arguments)


DIRECTORY_METHODS: Mapping[str, Method] = {
    "auth.test": auth_test,
    "apps.connections.open": open_connection,
    "users.info": users_info,
    "users.list": users_list,
    "usergroups.users.list": user_group_users,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.history": conversations_history,
    "conversations.replies": conversations_replies,
}
