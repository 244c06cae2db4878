"""The page that people use: its files, its state, its live events, and what people do on it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.local_slack.composer import Composer
from bot.local_slack.errors import LocalSlackError, NothingThereError, SlackRefusalError
from bot.local_slack.interactions import Deed, Interactions
from bot.local_slack.views import View
from bot.local_slack.workspace import Channel, Message, User
from bot.local_slack.world import World

STATIC = Path(__file__).parent / "static"
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: http: https:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_DOWNLOAD_SECURITY = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
_BEAT_S = 15.0

Body = dict[str, Any]


class Page:
    """Answer the browser."""

    def __init__(self, world: World, composer: Composer, interactions: Interactions) -> None:
        self._world = world
        self._composer = composer
        self._interactions = interactions

    def routes(self) -> list[web.RouteDef]:
        """Answer the routes of the people's side of the server."""
        return [
            web.get("/", self.index),
            web.get("/archives/{channel}", self.index),
            web.get("/archives/{channel}/{message}", self.index),
            web.get("/static/{name}", self.static),
            web.get("/page/state", self.state),
            web.get("/page/events", self.events),
            web.get("/files-pri/{file}", self.download),
            web.get("/files-pri/{file}/download", self.download),
            *(web.post(f"/page/{name}", self._deed(deed)) for name, deed in self._deeds().items()),
        ]

    def _deeds(self) -> dict[str, Callable[[User, Body], Awaitable[Body]]]:
        return {
            "type": self.type_text,
            "act": self.act,
            "submit": self.submit,
            "close": self.close,
            "home": self.open_home,
            "shortcut": self.use_shortcut,
            "dismiss": self.dismiss,
        }

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """Answer the page itself."""
        return web.FileResponse(STATIC / "index.html", headers=_SECURITY)

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Answer one of the page's own files."""
        path = STATIC / request.match_info["name"]
        if path.parent != STATIC or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=_SECURITY)

    async def download(self, request: web.Request) -> web.Response:
        """Answer a file, always to be saved and never to be shown as a page of this origin."""
        file = self._world.files.find(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        safe_name = "".join(c if c.isalnum() or c in "._-" else "_" for c in file.name)
        headers = {"Content-Disposition": f'attachment; filename="{safe_name}"', **_DOWNLOAD_SECURITY}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    def _user(self, name: str) -> User:
        user = self._world.workspace.find_user(name)
        if user is None or user.is_bot:
            raise web.HTTPNotFound(text=f"there is no user {name}")
        return user

    async def state(self, request: web.Request) -> web.Response:
        """Answer all that one user may see."""
        return web.json_response(self._describe(self._user(request.query.get("user", ""))))

    def _describe(self, user: User) -> Body:
        workspace, views = self._world.workspace, self._world.views
        people = [each for each in workspace.users.values() if not each.is_bot]
        return {
            "workspace": workspace.name,
            "me": user.id,
            "bot": workspace.bot.id,
            "online": self._world.sockets.count > 0,
            "users": [_describe_user(each) for each in [*workspace.users.values(), workspace.slackbot]],
            "people": [each.name for each in people],
            "channels": [self._describe_channel(user, each) for each in workspace.channels.values()],
            "commands": [vars(command) for command in self._world.settings.commands],
            "shortcuts": [vars(shortcut) for shortcut in self._world.settings.shortcuts],
            "home": views.home(user.id),
            "views": views.stack(user.id),
        }

    def _describe_channel(self, user: User, channel: Channel) -> Body:
        seen = self._world.workspace.everything(channel.id)
        own = self._world.workspace.ephemerals(user.id, channel.id)
        return {"id": channel.id, "name": channel.name, "messages": [*seen, *own]}

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell one open page what happens, as server-sent events, until either end goes."""
        viewer = self._world.feed.join(self._user(request.query.get("user", "")).id)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_SECURITY})
        try:
            await response.prepare(request)
            await response.write(b"event: ready\ndata: {}\n\n")
            while (event := await _next_event(viewer.events)) is not None:
                await response.write(event)
        except ConnectionError:
            pass
        finally:
            self._world.feed.leave(viewer)
        return response

    def _deed(
        self, deed: Callable[[User, Body], Awaitable[Body]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self._require_own_origin(request)
            body = await request.json()
            try:
                answer = await deed(self._user(str(body.get("user"))), body)
            except SlackRefusalError as refusal:
                return web.json_response({"ok": False, "error": refusal.error})
            except (LocalSlackError, ValueError) as error:
                return web.json_response({"ok": False, "error": str(error)})
            return web.json_response({"ok": True, **answer})

        return handle

    @staticmethod
    def _require_own_origin(request: web.Request) -> None:
        # A page of another origin could otherwise act here with a plain form post.
        own = request.headers.get("Origin") == f"http://{request.host}"
        if not own or "json" not in request.content_type:
            raise web.HTTPForbidden(text="only the page itself may do this")

    async def type_text(self, user: User, body: Body) -> Body:
        """Take an entry of the composer."""
        channel = self._world.require_channel(str(body["channel"]))
        await self._composer.type_text(user, channel, str(body["text"]), body.get("thread_ts"))
        return {}

    async def act(self, user: User, body: Body) -> Body:
        """Press a button, or choose something."""
        deed = Deed(body["action_id"], body.get("block_id"), body.get("value"), body.get("entered") or {})
        if body.get("view_id"):
            await self._interactions.act_on_view(user, self._view(user, body["view_id"]), deed)
        else:
            channel, message = self._message(user, body)
            await self._interactions.act_on_message(user, channel, message, deed)
        return {}

    def _message(self, user: User, body: Body) -> tuple[Channel, Message]:
        channel = self._world.require_channel(str(body["channel"]))
        hidden = self._world.workspace.ephemeral(channel.id, body["ts"])
        seen = hidden if hidden and hidden["ephemeral_to"] == user.id else None
        message = self._world.workspace.message(channel.id, body["ts"]) or seen
        if message is None:
            raise NothingThereError("this message is gone")
        return channel, message

    def _view(self, user: User, view_id: str) -> View:
        view = self._world.views.find(view_id=view_id)
        if view is None or self._world.views.owner(view_id) != user.id:
            raise NothingThereError("this view is closed")
        return view

    async def submit(self, user: User, body: Body) -> Body:
        """Submit a modal."""
        view = self._view(user, body["view_id"])
        return {"errors": await self._interactions.submit(user, view, body.get("entered") or {})}

    async def close(self, user: User, body: Body) -> Body:
        """Close a modal."""
        view = self._view(user, body["view_id"])
        await self._interactions.close(user, view, everything=bool(body.get("everything")))
        return {}

    async def open_home(self, user: User, _body: Body) -> Body:
        """Open the app's Home tab."""
        open_home(self._world, self._composer, user)
        return {}

    async def use_shortcut(self, user: User, body: Body) -> Body:
        """Use a shortcut on a message, or without one a global shortcut."""
        callback_id = str(body["callback_id"])
        if "ts" in body:
            channel, message = self._message(user, body)
            await self._interactions.use_shortcut(user, channel, message, callback_id)
        else:
            place = self._world.require_channel(str(body["channel"]))
            await self._interactions.use_global_shortcut(user, callback_id, place)
        return {}

    async def dismiss(self, user: User, body: Body) -> Body:
        """Dismiss an ephemeral message."""
        _, message = self._message(user, body)
        if message.get("is_ephemeral"):
            self._world.workspace.remove_ephemeral(message)
        return {}


def open_home(world: World, composer: Composer, user: User) -> None:
    """Tell the app that this user opened its Home tab."""
    event: Body = {"type": "app_home_opened", "user": user.id, "channel": f"D{user.id[1:]}", "tab": "home"}
    event["event_ts"] = world.workspace.timestamps.next()
    home = world.views.home(user.id)
    composer.send_event(event if home is None else event | {"view": home})


def _describe_user(user: User) -> Body:
    return {"id": user.id, "name": user.name, "real_name": user.real_name, "is_bot": user.is_bot}


async def _next_event(events: asyncio.Queue[Body | None]) -> bytes | None:
    try:
        event = await asyncio.wait_for(events.get(), _BEAT_S)
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else f"data: {json.dumps(event)}\n\n".encode()
