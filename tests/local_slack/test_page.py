"""The page's side of the server: who may ask it, and what it lets a person see."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.local_slack.page import STATIC
from tests.local_slack.conftest import Installed

TYPED = {"user": "ana", "channel": "network", "text": "hello"}


def request(
    installed: Installed, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    url = urlsplit(installed.slack.url)
    connection = http.client.HTTPConnection(str(url.hostname), int(url.port or 0))
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, None if body is None else json.dumps(body), told)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, text


def test_page_types_and_sees(installed: Installed) -> None:
    own = {"Origin": installed.slack.url, "Content_Type": "application/json"}
    assert request(installed, "POST", "/page/type", TYPED, **own)[0] == 200
    state = json.loads(request(installed, "GET", "/page/state?user=ben")[2])
    assert [m["text"] for m in state["channels"][0]["messages"]] == ["hello"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/json"},
        {"Origin": "http://evil.example", "Content_Type": "application/json"},
        {"Origin": "null", "Content_Type": "application/json"},
        {"Origin": "own", "Content_Type": "text/plain"},
    ],
)
def test_other_pages_may_not_act(installed: Installed, headers: dict[str, str]) -> None:
    """A page of another origin can send a simple post to 127.0.0.1; it must do nothing."""
    told = {name: installed.slack.url if value == "own" else value for name, value in headers.items()}
    assert request(installed, "POST", "/page/type", TYPED, **told)[0] == 403
    assert installed.slack.messages() == []


@pytest.mark.parametrize("path", ["/", "/page/state?user=ana", "/static/main.js", "/api/auth.test"])
def test_other_names_are_refused(installed: Installed, path: str) -> None:
    """A name that was made to resolve to 127.0.0.1 is still another name."""
    assert request(installed, "GET", path, Host="evil.example")[0] == 403
    assert request(installed, "GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/static/..%2fpage.py", "/static/%2e%2e/page.py", "/static/nothing.js"])
def test_only_the_pages_own_files(installed: Installed, path: str) -> None:
    assert request(installed, "GET", path)[0] == 404


def test_ephemerals_stay_with_their_reader(installed: Installed) -> None:
    slack = installed.slack
    installed.client.chat_postEphemeral(channel="network", user=slack.user_id("ana"), text="psst")
    assert "psst" in request(installed, "GET", "/page/state?user=ana")[2]
    assert "psst" not in request(installed, "GET", "/page/state?user=ben")[2]


def test_download_is_never_a_page(installed: Installed) -> None:
    """A file that is HTML must not run as a page of this origin."""
    told = installed.client.files_upload_v2(
        channel=installed.slack.channel()["id"], filename='a".html', content="<script>1</script>"
    )
    path = urlsplit(str(told["file"]["url_private_download"])).path
    status, headers, text = request(installed, "GET", path)
    assert (status, text) == (200, "<script>1</script>")
    assert headers["content-disposition"] == 'attachment; filename="a_.html"'
    assert headers["content-security-policy"] == "sandbox"


def test_page_needs_nothing_from_outside() -> None:
    """The demo works offline: no file of the page names another host, and none writes markup from data."""
    files = [path for path in STATIC.iterdir() if path.suffix in (".js", ".css", ".html")]
    assert len(files) > 20
    for path in files:
        text = path.read_text()
        for forbidden in (
            "//cdn",
            "fonts.g",
            "@import",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
        ):
            assert forbidden not in text, f"{path.name} has {forbidden}"
        assert len(text.splitlines()) <= 450
