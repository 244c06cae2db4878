"""What every test of an adapter must leave behind: nothing; and no test may reach an account of AWS."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

PATIENCE_S = 10  # for threads that are about to end


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """A scan's threads end with it; a leaked one would keep files open and memory held.

    A server's thread ends only after whoever asked has the answer: each is waited for.
    """
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE_S
    for thread in set(threading.enumerate()) - before:
        thread.join(max(deadline - time.monotonic(), 0))
    assert [thread.name for thread in threading.enumerate() if thread not in before] == []


@pytest.fixture(autouse=True)
def _made_up_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach an account of the person who runs it."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "VPCCIDR_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
