"""A small HTTP server for those who watch the bot: `/metrics` and `/healthz`."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.errors import OperatorError
from bot.log_lines import redact

_log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_PATIENCE_S = 10
_LOOK_EVERY_S = 0.1  # whether it is to stop
_PLAIN = "text/plain; charset=utf-8"


class MonitoringServer:
    """Serves on threads of its own between `start` and `close`, or as a context manager.

    `find_fault` gives the reason why the bot cannot do its work in one line, or an empty text; port 0 takes a
    free port, and `port` tells which.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        find_fault: Callable[[], str],
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        self._pages = _Pages(registry, find_fault)
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; the one asked for until `start`."""
        return int(self._server.server_address[1] if self._server else self._address[1])

    def start(self) -> None:
        """Listen. Raises OperatorError where the address is taken or not this machine's."""
        host, port = self._address
        try:
            self._server = _Server(self._address, self._pages)
        except OSError as error:
            reason = error.strerror or error
            raise OperatorError(f"The monitoring cannot listen on {host} port {port}: {reason}.") from error
        serve = partial(self._server.serve_forever, poll_interval=_LOOK_EVERY_S)
        self._thread = threading.Thread(target=serve, name="monitoring", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; nothing happens where it does not."""
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True)
class _Page:
    status: HTTPStatus
    text: bytes
    content_type: str = _PLAIN


@dataclass(frozen=True)
class _Pages:
    registry: CollectorRegistry
    find_fault: Callable[[], str]

    def build(self, path: str) -> _Page:
        """The page at a path; a bug in it is an error of the server and stands in the log."""
        builders = {"/metrics": self._build_metrics, "/healthz": self._build_health}
        try:
            return builders.get(path, _build_nothing)()
        except Exception:  # noqa: BLE001 - whoever asks must get an answer
            _log.exception("%s could not be built", path)
            return _Page(HTTPStatus.INTERNAL_SERVER_ERROR, b"a fault of the bot; its log says more\n")

    def _build_metrics(self) -> _Page:
        return _Page(HTTPStatus.OK, generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4)

    def _build_health(self) -> _Page:
        fault = redact(" ".join(self._look_for_fault().split()))
        status = HTTPStatus.SERVICE_UNAVAILABLE if fault else HTTPStatus.OK
        return _Page(status, f"{fault or 'ok'}\n".encode())

    def _look_for_fault(self) -> str:
        """Whoever cannot tell whether they are well is not."""
        try:
            return self.find_fault()
        except OperatorError as error:
            return str(error) or type(error).__name__
        except Exception:  # noqa: BLE001 - a bug is a fault, too
            _log.exception("the bot's health could not be found out")
            return "the bot's health could not be found out; its log says more"


def _build_nothing() -> _Page:
    return _Page(HTTPStatus.NOT_FOUND, b"there are /metrics and /healthz\n")


class _Server(ThreadingMixIn, TCPServer):
    """Each request in a thread, so that a slow one keeps nobody waiting; a stop waits for none of them."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], pages: _Pages) -> None:
        self.pages = pages
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, _: Any, client_address: Any) -> None:
        _log.info("a request from %s broke off", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD; the library refuses everything else."""

    server: _Server
    timeout = _PATIENCE_S
    server_version = "vpccidr"
    sys_version = ""

    def do_GET(self) -> None:
        self.wfile.write(self._answer())

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        _log.debug(format, *args)

    def _answer(self) -> bytes:
        """Send the head of the page asked for, and give its text."""
        page = self.server.pages.build(urlsplit(self.path).path)
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.text)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return page.text
