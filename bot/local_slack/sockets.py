"""Socket Mode: the app's WebSockets, what is delivered over them, and what the app acknowledges."""

import asyncio
import copy
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import WSCloseCode, WSMsgType, web

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.feed import Feed
from bot.local_slack.identifiers import APP_ID, new_secret
from bot.local_slack.settings import LocalSlackSettings

_REFRESH_GRACE_S = 10.0
_CLOSE_TIMEOUT_S = 0.5
_EVENTS = "events_api"


class NoSocketError(Exception):
    """The app has no open socket, so nothing can be delivered to it."""


@dataclass(eq=False)
class _Delivery:
    envelope: dict[str, Any]
    ack: asyncio.Future[dict[str, Any]]
    socket: web.WebSocketResponse | None = None
    attempts: int = 0


@dataclass
class Sockets:
    """The open sockets of the app. Each envelope goes to one of them, in turn."""

    settings: LocalSlackSettings
    feed: Feed
    _tickets: set[str] = field(default_factory=set)
    _open: list[web.WebSocketResponse] = field(default_factory=list)
    _retired: set[web.WebSocketResponse] = field(default_factory=set)
    _transports: dict[web.WebSocketResponse, asyncio.Transport] = field(default_factory=dict)
    _pending: dict[str, _Delivery] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    latencies: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many sockets take envelopes."""
        return len(self._open)

    @property
    def unacked_count(self) -> int:
        """How many envelopes wait to be acknowledged; one that came too late for its person is none."""
        return len(self._pending)

    def issue_ticket(self) -> str:
        """Answer a ticket for one new socket, or raise Slack's refusal of too many."""
        if self.count >= self.settings.max_sockets:
            raise SlackRefusalError("too_many_websockets")
        ticket = new_secret()
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Be one socket of the app, until either end closes it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=_CLOSE_TIMEOUT_S)
        await socket.prepare(request)
        if request.transport is not None:
            self._transports[socket] = request.transport
        await self._greet(socket)
        refresh = self._spawn(self._refresh(socket))
        try:
            await self._listen(socket)
        finally:
            refresh.cancel()
            await self._lose(socket)
        return socket

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        hello = {
            "type": "hello",
            "num_connections": self.count + 1,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {
                "host": "127.0.0.1",
                "approximate_connection_time": int(self.settings.socket_refresh_s),
            },
        }
        await socket.send_str(json.dumps(hello))
        self._open.append(socket)
        self._tell_presence()
        for delivery in [each for each in self._pending.values() if each.socket is None]:
            await self._send(delivery, "connection_closed")
        self._close_idle_retired()

    def _close_idle_retired(self) -> None:
        # The app has its new socket; one that owes an acknowledgement keeps its grace.
        owing = {delivery.socket for delivery in self._pending.values()}
        for socket in self._retired - owing:
            self._spawn(self._close(socket))

    @staticmethod
    async def _close(socket: web.WebSocketResponse) -> None:
        await socket.close(code=WSCloseCode.GOING_AWAY)

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._take_ack(message.data)

    def _take_ack(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return
        delivery = self._pending.pop(ack.get("envelope_id", ""), None) if isinstance(ack, dict) else None
        if delivery is not None and not delivery.ack.done():
            delivery.ack.set_result(ack.get("payload") or {})
            self.feed.touch()

    async def _lose(self, socket: web.WebSocketResponse) -> None:
        self._retire(socket)
        self._retired.discard(socket)
        self._transports.pop(socket, None)
        for delivery in [each for each in self._pending.values() if each.socket is socket]:
            delivery.socket = None
            if self._open:
                await self._send(delivery, "connection_closed")

    def _retire(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
            self._retired.add(socket)
            self._tell_presence()

    def _tell_presence(self) -> None:
        self.feed.publish({"type": "presence", "online": self.count > 0})

    async def _refresh(self, socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(self.settings.socket_refresh_s)
        await self.refresh(socket)

    async def refresh(self, socket: web.WebSocketResponse) -> None:
        """Ask the app to connect anew, give this socket nothing more, and close it after a grace."""
        self._retire(socket)
        notice = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "127.0.0.1"}}
        await socket.send_str(json.dumps(notice))
        await asyncio.sleep(_REFRESH_GRACE_S)
        await self._close(socket)

    def refresh_all(self) -> None:
        """Ask the app to connect all its sockets anew."""
        for socket in list(self._open):
            self._spawn(self.refresh(socket))

    def drop_all(self) -> None:
        """Break every connection without a word, as a broken network does."""
        for socket, transport in list(self._transports.items()):
            self._retire(socket)
            transport.abort()

    async def deliver(self, kind: str, payload: dict[str, Any], *, answerable: bool) -> dict[str, Any]:
        """Deliver an envelope and answer the payload of its acknowledgement.

        Raises NoSocketError, or TimeoutError when the app does not acknowledge in time. An envelope is
        delivered again when its socket closes, and after each of the redelivery delays.
        """
        if not self._open:
            raise NoSocketError
        began = time.monotonic()
        envelope_id = str(uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            # What the app did meanwhile must not change an envelope that is delivered again.
            "payload": copy.deepcopy(payload),
            "accepts_response_payload": answerable,
        }
        delivery = _Delivery(envelope, asyncio.get_running_loop().create_future())
        self._pending[envelope_id] = delivery
        await self._send(delivery, None)
        self.feed.touch()
        self._spawn(self._redeliver(delivery))
        async with asyncio.timeout(self.settings.ack_timeout_s):
            ack = await asyncio.shield(delivery.ack)
        if kind != _EVENTS:
            self.latencies.append(time.monotonic() - began)
        return ack

    async def _send(self, delivery: _Delivery, retry_reason: str | None) -> None:
        if not self._open:
            delivery.socket = None
            return
        # The socket that has waited longest is next.
        socket = self._open.pop(0)
        self._open.append(socket)
        delivery.socket = socket
        envelope = dict(delivery.envelope)
        if retry_reason:
            envelope |= {"retry_attempt": delivery.attempts, "retry_reason": retry_reason}
        delivery.attempts += 1
        try:
            await socket.send_str(json.dumps(envelope))
        except ConnectionError:
            delivery.socket = None

    async def _redeliver(self, delivery: _Delivery) -> None:
        for delay_s in self.settings.redelivery_delays_s:
            await asyncio.wait([delivery.ack], timeout=delay_s)
            if delivery.ack.done():
                return
            await self._send(delivery, "timeout")
        await asyncio.wait([delivery.ack], timeout=self.settings.ack_timeout_s)
        self._pending.pop(delivery.envelope["envelope_id"], None)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Close every socket and stop what still waits."""
        for socket in list(self._transports):
            self._retire(socket)
            await self._close(socket)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
