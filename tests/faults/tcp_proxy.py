"""A TCP connection's middle, which a test can cut: for databases and clouds that go away and come back."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
_CHUNK_BYTES = 2**16
_CONNECT_TIMEOUT_S = 10


class TcpProxy:
    """Passes connections on to a server; a context manager, listening inside the `with`.

    Where the server itself refuses, the connection is closed.
    """

    def __init__(self, target_host: str, target_port: int) -> None:
        self._target = (target_host, target_port)
        self._lock = threading.Lock()
        self._links: set[_Link] = set()
        self._listener: socket.socket | None = None
        self._acceptor = threading.Thread()
        self.port = 0

    def __enter__(self) -> Self:
        """Listen, on any free port: `port` tells which."""
        self.mend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every connection and the threads."""
        self.cut()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        with self._lock:
            return len(self._links)

    def cut(self) -> None:
        """Break every connection, and refuse new ones (ECONNREFUSED), until `mend`."""
        with self._lock:
            listener, self._listener = self._listener, None
            links = list(self._links)
        if listener is None:
            return
        listener.shutdown(socket.SHUT_RDWR)  # a close alone would not end the accept that waits
        self._acceptor.join()
        listener.close()
        for link in links:
            link.end()

    def mend(self) -> None:
        """Take connections again, on the same port."""
        if self._listener is not None:
            return
        listener = socket.create_server((HOST, self.port))
        self.port = listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, args=[listener], name="tcp-proxy", daemon=True)
        self._listener = listener
        self._acceptor.start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # cut
            while True:
                client, _ = listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, _CONNECT_TIMEOUT_S)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        link = _Link(client, server)
        with self._lock:
            is_cut = self._listener is None
            self._links.add(link)
        link.start(self._forget)
        if is_cut:
            link.end()

    def _forget(self, link: _Link) -> None:
        with self._lock:
            self._links.discard(link)


class _Link:
    """One connection: what either side sends reaches the other, until both have ended."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self._sides = (client, server)
        self._thread = threading.Thread()

    def start(self, forget: Callable[[_Link], None]) -> None:
        """Pass on what comes, in threads; `forget` is called when the connection has ended."""
        self._thread = threading.Thread(target=self._run, args=[forget], name="tcp-proxy-link", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Break the connection, and return when it is gone."""
        for side in self._sides:
            with contextlib.suppress(OSError):  # it has ended by itself
                side.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _run(self, forget: Callable[[_Link], None]) -> None:
        client, server = self._sides
        back = threading.Thread(target=_pump, args=[server, client], name="tcp-proxy-back", daemon=True)
        back.start()
        _pump(client, server)
        back.join()
        for side in self._sides:
            side.close()
        forget(self)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):  # either side went away
        while chunk := source.recv(_CHUNK_BYTES):
            sink.sendall(chunk)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
