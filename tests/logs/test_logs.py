"""The log as it stands on standard error: what it says, and what it never says."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.log_lines import redact
from bot.logs import about_run, configure_logging

LOG = logging.getLogger("bot.test")
LOCALS = {"url": "postgresql://vpccidr:hunter2@db/x", "tried": 3, 4: ("xoxb-1-2-abc", None)}
SECRETS = {
    "a bot's token": ("token xoxb-17653672481-19874698323-pdFZKVeT refused", "token *** refused"),
    "an app-level token": ("xapp-1-A0123-4567-89abcdef", "***"),
    "a token in two parts": ("'xoxe.xoxp-1-Mi0yLTEx'", "'***'"),
    "a response_url": (
        "POST https://hooks.slack.com/commands/T1/2/abc, in vain",
        "POST https://hooks.slack.com/***, in vain",
    ),
    "a signed URL": (
        "GET https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Credential=AKIA%2F&X-Amz-Signature=0f3a HTTP",
        "GET https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Credential=***&X-Amz-Signature=*** HTTP",
    ),
    "a signed header": ("{'X-Amz-Security-Token': 'IQoJb3='}", "{'X-Amz-Security-Token': '***'}"),
    "a ticket of Socket Mode": (
        "wss://wss.slack.com/link/?ticket=ab-cd&app_id=A1",
        "wss://wss.slack.com/link/?ticket=***&app_id=A1",
    ),
    "a database's password": ("postgresql://vpccidr:hunter2@db/x", "postgresql://vpccidr:***@db/x"),
    "a password with an @": ("postgres+pg8000://u:p@ss/w:rd@db:5432", "postgres+pg8000://u:***@db:5432"),
    "a password without a user": ("postgresql://:pw@db", "postgresql://:***@db"),
    "a password in the query": (
        "postgresql://db/x?password=pw&user=u",
        "postgresql://db/x?password=***&user=u",
    ),
}
HARMLESS = [
    "The bot's token is missing: set SLACK_BOT_TOKEN (xoxb-…).",
    "https://slack.com/api/chat.postMessage",
    "postgresql://db:5432/x could not be reached",
    "peering 10.1.0.0/16 ports=443,8443 days=2",
]


@pytest.fixture(autouse=True)
def root() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield root
    root.setLevel(level)
    root.handlers[:] = handlers


def read_objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail(why: str = "https://hooks.slack.com/commands/T1/2/abc is spent") -> None:
    raise OSError(why)


def test_text_reads_as_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("text")
    LOG.info("asked %r", "peering")
    with about_run("r1"):
        LOG.warning("failed")
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO bot\.test: asked 'peering'", first)
    assert second.endswith(" WARNING bot.test: failed run=r1")


def test_text_keeps_the_traceback_under_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("text")
    with about_run("r1"):
        try:
            fail()
        except OSError:
            LOG.exception("no answer")
    line, *traceback = capsys.readouterr().err.splitlines()
    assert line.endswith("no answer run=r1")
    assert traceback[-1] == "OSError: https://hooks.slack.com/*** is spent"


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    LOG.info("asked %s\nin two lines", "“ü”", extra={"rows": 3})
    with about_run("r1"):
        LOG.warning("failed")
    first, second = read_objects(capsys)
    assert datetime.fromisoformat(first.pop("time")).utcoffset() == timedelta(0)
    assert first == {"level": "INFO", "logger": "bot.test", "message": "asked “ü”\nin two lines", "rows": 3}
    assert (second["level"], second["run"]) == ("WARNING", "r1")


def test_json_holds_the_exception(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    try:
        fail()
    except OSError:
        LOG.exception("no answer")
    (told,) = read_objects(capsys)
    assert told["exception"].startswith("Traceback (most recent call last)")
    assert told["exception"].endswith("OSError: https://hooks.slack.com/*** is spent")


def test_json_says_whatever_was_given_without_its_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """A value that JSON does not know must not cost the line, nor let a secret through."""
    configure_logging("json")
    LOG.info("tried", extra={"held": LOCALS, "error": OSError("xoxb-1-2-abc"), "ids": {"x"}})
    (told,) = read_objects(capsys)
    expected = {"url": "postgresql://vpccidr:***@db/x", "tried": 3, "4": ["***", None]}
    assert (told["held"], told["error"], told["ids"]) == (expected, "***", ["x"])


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_hidden(name: str) -> None:
    text, expected = SECRETS[name]
    assert redact(text) == expected


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_reaches_the_log(capsys: pytest.CaptureFixture[str], style: str, name: str) -> None:
    """In the message, in an argument, in an exception, or given beside."""
    configure_logging(style)
    text, expected = SECRETS[name]
    try:
        fail(text)
    except OSError:
        LOG.exception("%s", text, extra={"url": text})
    LOG.info(text)
    told = capsys.readouterr().err
    assert text not in told
    assert expected in told


def test_runs_side_by_side_keep_their_ids(capsys: pytest.CaptureFixture[str]) -> None:
    """Workers log at the same time; none may log under another's run."""
    configure_logging("json")

    def work(run_id: str) -> None:
        with about_run(run_id):
            LOG.info(run_id)
        LOG.info("idle")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, map(str, range(50))))
    told = read_objects(capsys)
    assert len(told) == 100
    assert all(line["run"] == line["message"] for line in told if line["message"] != "idle")
    assert all("run" not in line for line in told if line["message"] == "idle")


def test_a_run_within_a_run_gives_the_outer_one_back(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    with about_run("outer"):
        with about_run("inner"):
            LOG.info("1")
        LOG.info("2", extra={"run": "another"})
        LOG.info("3")
    assert [line["run"] for line in read_objects(capsys)] == ["inner", "another", "outer"]


def test_configured_again_it_says_everything_once(
    capsys: pytest.CaptureFixture[str], root: logging.Logger
) -> None:
    configure_logging("text", logging.DEBUG)
    others = len(root.handlers)
    configure_logging("json")
    LOG.debug("too fine")
    LOG.info("once")
    assert [line["message"] for line in read_objects(capsys)] == ["once"]
    assert len(root.handlers) == others


def test_another_style_is_refused() -> None:
    with pytest.raises(ValueError, match="text or json, not 'xml'"):
        configure_logging("xml")


def test_nothing_is_configured_by_importing() -> None:
    assert "bot.logs" in sys.modules
    assert not [held for held in logging.getLogger().handlers if type(held).__module__ == "bot.logs"]
