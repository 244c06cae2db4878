"""The Web API over HTTP: who may call, how often, and what is answered."""

import asyncio
import copy
import json
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.local_slack.arguments import Arguments, read_arguments
from bot.local_slack.chat_api import CHAT_METHODS
from bot.local_slack.directory_api import DIRECTORY_METHODS
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.faults import ANSWER_LOST, CONNECTION_LOST, Fault
from bot.local_slack.files_api import FILES_METHODS
from bot.local_slack.views_api import VIEWS_METHODS
from bot.local_slack.world import World

METHODS = {**DIRECTORY_METHODS, **CHAT_METHODS, **FILES_METHODS, **VIEWS_METHODS}
_CONNECTS = "apps.connections.open"


class WebApi:
    """Answer the Web API, the uploads and the downloads."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Answer the routes of the app's side of the server."""
        return [
            web.post("/api/{method}", self.call),
            web.get("/api/{method}", self.call),
            web.post("/upload/v1/{key}", self.upload),
            web.get("/link/", self._world.sockets.serve),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of one method."""
        method = request.match_info["method"]
        fault: Fault | None = None
        try:
            token, arguments = await read_arguments(request)
            self._world.calls.append((method, copy.deepcopy(arguments.given())))
            self._world.feed.touch()
            if not await self._may_be_done(method):
                return _lose_connection(request)
            fault = self._world.faults.take(method)
            answer = self._answer(method, token, arguments, fault)
            await self._tell_done(method)
        except SlackRefusalError as refusal:
            return build_refusal(refusal)
        if fault is not None:
            return _lose_connection(request)
        return web.Response(text=json.dumps(answer), content_type="application/json")

    async def _may_be_done(self, method: str) -> bool:
        action = self._world.hooks.take(method, "before")
        return action is None or bool(await asyncio.to_thread(action))

    async def _tell_done(self, method: str) -> None:
        action = self._world.hooks.take(method, "after")
        if action is not None:
            await asyncio.to_thread(action)

    def _answer(
        self, method: str, token: str | None, arguments: Arguments, fault: Fault | None
    ) -> dict[str, Any]:
        handler = METHODS.get(method)
        if handler is None:
            raise SlackRefusalError("unknown_method", req_method=method)
        self._require_token(method, token)
        if fault is not None and fault.error == CONNECTION_LOST:
            return {}
        if fault is not None and fault.error != ANSWER_LOST:
            raise fault.refusal()
        self._world.rate_limits.count(method, arguments.text("channel"))
        return handler(self._world, arguments)

    def _require_token(self, method: str, token: str | None) -> None:
        wanted = self._world.app_token if method == _CONNECTS else self._world.bot_token
        if not token:
            raise SlackRefusalError("not_authed")
        if token not in (self._world.app_token, self._world.bot_token):
            raise SlackRefusalError("invalid_auth")
        if token != wanted:
            raise SlackRefusalError("not_allowed_token_type")

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, raw or as the one file of a form."""
        content = await self._read_upload(request)
        file = self._world.files.receive(request.match_info["key"], content)
        if file is None:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="Failed to upload")
        self._world.feed.touch()
        return web.Response(text=f"OK - {len(content)}")

    @staticmethod
    async def _read_upload(request: web.Request) -> bytes:
        # The SDK sends raw bytes and labels them as a form, so only multipart is one.
        if request.content_type != "multipart/form-data":
            return await request.read()
        for field in (await request.post()).values():
            if isinstance(field, web.FileField):
                return field.file.read()
        return b""


def build_refusal(refusal: SlackRefusalError) -> web.Response:
    """Answer a refusal as Slack sends it: JSON, and for 429 how long to wait."""
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s is not None else {}
    return web.Response(
        status=refusal.status,
        text=json.dumps(refusal.body()),
        content_type="application/json",
        headers=headers,
    )


def _lose_connection(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
