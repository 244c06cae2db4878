"""A real PostgreSQL server of the tests' own: made once, started, stopped and started again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import pg8000.native

HOST, USER = "127.0.0.1", "vpccidr"


class PostgresServer:
    """A server on loopback that trusts everyone there; a context manager, started inside the `with`.

    Its port and what it holds survive `stop` and `start`. Everything is removed at the end.
    """

    def __init__(self) -> None:
        self.port = _find_port()
        self._numbers = count(1)
        self._folder = Path()

    @staticmethod
    def is_installed() -> bool:
        """Whether this machine has the programs of a server: Debian's postgresql, or any on the path."""
        return _find_program("initdb") is not None and _find_program("pg_ctl") is not None

    def __enter__(self) -> Self:
        """Make the server's folder, and start."""
        # Not under the folder of pytest, which only its own user may enter.
        self._folder = Path(tempfile.mkdtemp(prefix="vpccidr-postgresql-"))
        try:
            if os.geteuid() == 0:
                shutil.chown(self._folder, "postgres")
            _run("initdb", "-D", self._data, "-U", USER, "--auth=trust", "--no-sync")
            self.start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and remove everything."""
        if self.is_running:
            self.stop()
        shutil.rmtree(self._folder)

    @property
    def is_running(self) -> bool:
        """Whether the server was started and not stopped."""
        return (self._data / "postmaster.pid").exists()

    def start(self) -> None:
        """Start the server; it takes connections when this returns."""
        options = f"-c listen_addresses={HOST} -c port={self.port} -c unix_socket_directories={self._folder}"
        _run("pg_ctl", "-D", self._data, "-w", "-l", self._log, "-o", f"{options} -c fsync=off", "start")

    def stop(self) -> None:
        """Stop the server as a crash does: every connection breaks, and the next start recovers."""
        _run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def url(self, database: str = "postgres") -> str:
        """What VPCCIDR_STORE_URL takes for one of the server's databases."""
        return f"postgresql://{USER}@{HOST}:{self.port}/{database}"

    def create_database(self) -> str:
        """Make an empty database with a name of its own, and return the name."""
        name = f"vpccidr_{next(self._numbers)}"
        connection = pg8000.native.Connection(USER, host=HOST, port=self.port, database="postgres")
        try:
            connection.run(f"CREATE DATABASE {pg8000.native.identifier(name)}")
        finally:
            connection.close()
        return name

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"


def _find_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    return port


def _find_program(name: str) -> Path | None:
    """A program of PostgreSQL's server, on the path or in Debian's place."""
    on_path = shutil.which(name)
    return Path(on_path) if on_path else max(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), default=None)


def _run(program: str, *arguments: str | Path) -> None:
    """Run one of the server's programs; as root under another user, for it refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    command = [str(_find_program(program)), *map(str, arguments)]
    # The server inherits what it is given: a pipe would stay open as long as it runs.
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")
