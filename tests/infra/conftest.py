"""A MiniStack of the tests' own: CloudFormation, S3, Glue and a Lambda that runs, on this machine alone."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import boto3
import pytest
from botocore.config import Config

_PROGRAM = Path(__file__).parents[2] / ".venv-ministack" / "bin" / "ministack"
_REGION = "us-east-1"
_DEADLINE_S = 30


class Connect(Protocol):
    """Gives a client of a service of the emulated AWS."""

    def __call__(self, service: str) -> Any: ...


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    if not _PROGRAM.exists():
        pytest.skip("MiniStack is not installed: make ministack")
    port = _find_port()
    log = (tmp_path_factory.mktemp("ministack") / "log").open("w")
    with log, _start(port, log) as server:
        try:
            _wait_for(port, server)
            yield lambda service: _connect(service, port)
        finally:
            server.terminate()


def _find_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _start(port: int, log: IO[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([_PROGRAM], env=_build_environment(port), stdout=log, stderr=log)


def _build_environment(port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "ATHENA_ENGINE": "duckdb",
    }


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _DEADLINE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("MiniStack did not start")


def _connect(service: str, port: int) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=_REGION,
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="123456789012",
        aws_secret_access_key="made-up",
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
