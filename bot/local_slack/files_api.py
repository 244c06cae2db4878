"""The Web API methods of the files family."""

from collections.abc import Mapping
from typing import Any

from bot.local_slack import limits
from bot.local_slack.arguments import Arguments
from bot.local_slack.chat_api import Answer, Method
from bot.local_slack.errors import SlackRefusalError, refuse_arguments
from bot.local_slack.files import StoredFile, describe_file
from bot.local_slack.world import World


def get_upload_url(world: World, arguments: Arguments) -> Answer:
    """Give out an address for the bytes of one file of exactly this length."""
    name = arguments.required("filename")
    arguments.required("length")
    length = arguments.integer("length", 0)
    if length <= 0:
        raise refuse_arguments("must be greater than 0 [json-pointer:/length]")
    if length > world.settings.largest_file_bytes:
        raise SlackRefusalError("file_upload_size_restricted")
    alt_text = arguments.text("alt_txt")
    if len(alt_text) > limits.FILE_ALT_TEXT:
        raise SlackRefusalError("alt_txt_too_large")
    file = world.files.reserve(name, length, alt_text)
    return {"ok": True, "upload_url": f"{world.base_url}/upload/v1/{file.upload_key}", "file_id": file.id}


def complete_upload(world: World, arguments: Arguments) -> Answer:
    """Share uploaded files in one message, or keep them private without a channel."""
    wanted = _require_file_list(arguments.structure("files"))
    files = [world.files.require_uploaded(str(each["id"])) for each in wanted]
    channel_ids = _channels_of(world, arguments)
    thread_ts = arguments.text("thread_ts") or None
    for channel_id in channel_ids if thread_ts else []:
        world.workspace.require_thread(channel_id, str(thread_ts))
    for file, each in zip(files, wanted, strict=True):
        world.files.complete(file, each.get("title"))
    for channel_id in channel_ids:
        _share(world, channel_id, files, thread_ts, arguments.text("initial_comment"))
    return {"ok": True, "files": [describe_file(file, world.base_url) for file in files]}


def _require_file_list(value: Any) -> list[dict[str, Any]]:
    well_formed = isinstance(value, list) and all(isinstance(each, dict) and "id" in each for each in value)
    if not value or not well_formed:
        raise refuse_arguments("missing required field: files")
    wanted: list[dict[str, Any]] = value
    return wanted


def _channels_of(world: World, arguments: Arguments) -> list[str]:
    listed = arguments.text("channel_id") or arguments.text("channels")
    channels = [world.require_channel(each.strip()) for each in listed.split(",") if each.strip()]
    if not all(channel.is_member for channel in channels):
        raise SlackRefusalError("not_in_channel")
    if arguments.text("thread_ts") and len(channels) != 1:
        raise refuse_arguments("thread_ts needs exactly one channel")
    return [channel.id for channel in channels]


def _share(
    world: World, channel_id: str, files: list[StoredFile], thread_ts: str | None, comment: str
) -> None:
    message = world.workspace.new_message(
        world.workspace.bot, comment[: limits.MESSAGE_TEXT], thread_ts=thread_ts, upload=True
    )
    share = {"ts": message["ts"]} | ({"thread_ts": thread_ts} if thread_ts else {})
    for file in files:
        file.shares.setdefault(channel_id, []).append(share)
    message["files"] = [describe_file(file, world.base_url) for file in files]
    world.workspace.post(channel_id, message)


def info(world: World, arguments: Arguments) -> Answer:
    """Answer what is known of a file."""
    file = world.files.find(arguments.required("file"))
    if file is None:
        raise SlackRefusalError("file_not_found")
    return {"ok": True, "file": describe_file(file, world.base_url), "comments": []}


FILES_METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}
