"""What every test of an adapter must leave behind: nothing; and no test may reach an account of AWS."""

import os
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """A scan's threads end with it; a leaked one would keep files open and memory held."""
    before = set(threading.enumerate())
    yield
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
