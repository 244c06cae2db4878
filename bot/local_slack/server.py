"""The HTTP server, on the loopback address only, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import web

from bot.local_slack.composer import Composer
from bot.local_slack.errors import LocalSlackError, SlackTimeoutError
from bot.local_slack.interactions import Interactions
from bot.local_slack.limits import FILE_BYTES
from bot.local_slack.page import Page
from bot.local_slack.responses import serve_responses
from bot.local_slack.web_api import WebApi
from bot.local_slack.world import World

HOST = "127.0.0.1"
_START_TIMEOUT_S = 10.0
_GRACE_S = 1.0

T = TypeVar("T")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _own_host_only(request: web.Request, handler: _Handler) -> web.StreamResponse:
    # A name that resolves to 127.0.0.1 (DNS rebinding) must not make this server its own. The Socket Mode
    # client leaves the port out of its header, so only the name counts.
    if request.headers.get("Host", "").partition(":")[0] not in (HOST, "localhost"):
        return web.Response(status=403, text="this server answers only to its own address")
    return await handler(request)


class Server:
    """Serve a world. `start` returns once it listens; `stop` once everything has ended."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.composer = Composer(world)
        self.interactions = Interactions(world)

    def start(self) -> None:
        """Listen; raises LocalSlackError when the port is taken."""
        listener = _listen(self._world.settings.port)
        self._world.base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local-slack", daemon=True)
        self._thread.start()
        self.run(self._serve(listener), _START_TIMEOUT_S)

    async def _serve(self, listener: socket.socket) -> None:
        app = web.Application(middlewares=[_own_host_only], client_max_size=FILE_BYTES)
        page = Page(self._world, self.composer, self.interactions)
        app.add_routes([*WebApi(self._world).routes(), serve_responses(self._world), *page.routes()])
        app.on_shutdown.append(self._end_streams)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_S)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def _end_streams(self, _app: web.Application) -> None:
        self._world.feed.close()
        await self.composer.close()
        await self._world.sockets.close()

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Do this in the server's loop and answer its result; raises SlackTimeoutError."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except SlackTimeoutError:
            raise
        except TimeoutError:
            future.cancel()
            raise SlackTimeoutError(f"the local Slack did not answer within {timeout_s:g} s") from None

    def ask(self, question: Callable[[], T]) -> T:
        """Answer what `question` returns in the server's loop."""

        async def answer() -> T:
            return question()

        return self.run(answer(), _START_TIMEOUT_S)

    def stop(self) -> None:
        """End every connection and the thread."""
        self.run(self._runner.cleanup(), _START_TIMEOUT_S)
        self.run(self._loop.shutdown_asyncgens(), _START_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise LocalSlackError(f"port {port} of {HOST} is taken: choose another, or 0 for any") from error
    return listener
