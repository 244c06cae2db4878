"""What the app answers to a deed: in its acknowledgement, or at the response URL."""

import json
from typing import Any

from aiohttp import web

from bot.local_slack.arguments import Arguments
from bot.local_slack.chat_api import change_message
from bot.local_slack.content import build_content
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.response_urls import ResponseUrl
from bot.local_slack.web_api import build_refusal
from bot.local_slack.workspace import Message
from bot.local_slack.world import World


def show_response(world: World, place: ResponseUrl, body: dict[str, Any]) -> None:
    """Show what the app answers: to the person alone, unless it says in_channel."""
    arguments = Arguments(body)
    original = _original(world, place)
    if arguments.flag("delete_original"):
        _delete(world, place, original)
    elif arguments.flag("replace_original") and original is not None:
        change_message(world, original, build_content(world.settings, arguments))
        world.workspace.changed(place.channel_id, original)
    else:
        _show_new(world, place, arguments)


def _original(world: World, place: ResponseUrl) -> Message | None:
    if place.message_ts is None:
        return None
    found = world.workspace.message(place.channel_id, place.message_ts)
    return found or world.workspace.ephemeral(place.channel_id, place.message_ts)


def _delete(world: World, place: ResponseUrl, original: Message | None) -> None:
    if original is None:
        raise SlackRefusalError("message_not_found")
    if original.get("is_ephemeral"):
        world.workspace.remove_ephemeral(original)
    else:
        world.workspace.remove(place.channel_id, original["ts"])


def _show_new(world: World, place: ResponseUrl, arguments: Arguments) -> None:
    content = build_content(world.settings, arguments)
    thread_ts = arguments.text("thread_ts") or None
    if thread_ts:
        world.workspace.require_thread(place.channel_id, thread_ts)
    message = world.workspace.new_message(world.workspace.bot, thread_ts=thread_ts, **content)
    if arguments.text("response_type") == "in_channel":
        world.workspace.post(place.channel_id, message)
    else:
        world.workspace.post_ephemeral(place.channel_id, place.user_id, message)


def serve_responses(world: World) -> web.RouteDef:
    """Answer the route of all response URLs."""

    async def respond(request: web.Request) -> web.Response:
        try:
            place = world.response_urls.use(request.match_info["key"])
            show_response(world, place, _read_body(await request.text()))
        except SlackRefusalError as refusal:
            return build_refusal(refusal)
        return web.Response(text="ok")

    return web.post("/response/{key}", respond)


def _read_body(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise SlackRefusalError("invalid_payload", status=400)
    return body
