"""The page in a real Chromium, as a person uses it."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.local_slack import Shortcut
from tests.local_slack.conftest import Installed
from tests.local_slack.test_answer import TABLE, answer_in_thread
from tests.local_slack.test_interactions import ACTIONS, MODAL

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, installed: Installed) -> Iterator[Callable[..., Page]]:
    """Open the page as a person; whatever the page complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def visit(user: str = "ana") -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.goto(f"{installed.slack.url}/?user={user}")
        page.get_by_role("textbox", name="Message #network").wait_for()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def type_line(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message #network")
    box.press_sequentially(text)
    box.press("Enter")


def test_command_to_download(installed: Installed, open_page: Callable[..., Page]) -> None:
    """The demo in one go: type, see the table, open the thread, download the CSV."""

    @installed.app.command("/vpccidr")
    def answer(ack: Ack, command: dict[str, Any], client: WebClient) -> None:
        ack()
        answer_in_thread(client, command["channel_id"])

    installed.connect()
    page = open_page()
    type_line(page, "/vpccidr peering 10.1.0.0/16")
    expect(page.get_by_role("cell", name="192.0.2.1")).to_be_visible()
    page.get_by_role("button", name="1 reply").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download answer.csv").click()
    assert download.value.path().read_bytes() == b"a,b\n1,2\n"


def test_markup_in_data_stays_text(installed: Installed, open_page: Callable[..., Page]) -> None:
    """Whatever a log or a person puts into a message, it is shown and never run."""
    evil = "<img src=x onerror=\"document.title='owned'\">"
    rows = [[{"type": "raw_text", "text": evil}]]
    blocks = [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"{evil} <javascript:alert(1)|press> *{evil}*"},
        },
        {"type": "markdown", "text": f"{evil} [press](javascript:alert(1))"},
        {"type": "header", "text": {"type": "plain_text", "text": evil}},
        {"type": "table", "rows": rows},
        {"type": "image", "alt_text": evil, "image_url": "javascript:alert(1)"},
    ]
    installed.client.chat_postMessage(channel="network", text=evil, blocks=blocks)
    page = open_page()
    expect(page.get_by_role("table")).to_contain_text(evil)
    assert page.locator(".message img").count() == 0
    assert page.locator(".message [onerror], .message a[href^=javascript]").count() == 0
    assert "owned" not in page.title()


def test_ephemeral_is_private(installed: Installed, open_page: Callable[..., Page]) -> None:
    @installed.app.command("/vpccidr")
    def refuse(ack: Ack) -> None:
        ack("no such verb")

    installed.connect()
    ana, ben = open_page("ana"), open_page("ben")
    type_line(ana, "/vpccidr perring")
    expect(ana.get_by_text("no such verb")).to_be_visible()
    type_line(ana, "seen by both")
    expect(ben.get_by_text("seen by both")).to_be_visible()
    expect(ben.get_by_text("no such verb")).to_have_count(0)
    ana.get_by_role("button", name="Dismiss message").click()
    expect(ana.get_by_text("no such verb")).to_have_count(0)


def test_completion_and_history(installed: Installed, open_page: Callable[..., Page]) -> None:
    """A slash offers the commands, Enter completes an unfinished one, arrow up brings back what was typed."""
    page = open_page()
    box = page.get_by_role("textbox", name="Message #network")
    box.press_sequentially("/v")
    expect(page.get_by_role("listbox", name="Commands").get_by_role("option").first).to_contain_text(
        "/vpccidr"
    )
    box.press("Enter")
    expect(box).to_have_value("/vpccidr ")
    box.fill("")
    type_line(page, "first")
    type_line(page, "second")
    box.press("ArrowUp")
    box.press("ArrowUp")
    expect(box).to_have_value("first")
    assert [m["text"] for m in installed.slack.messages()] == ["first", "second"]


def test_buttons_menus_and_modals(installed: Installed, open_page: Callable[..., Page]) -> None:
    @installed.app.action("more")
    def more(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @installed.app.action("top")
    def top(ack: Ack, action: dict[str, Any], respond: Respond) -> None:
        ack()
        respond(f"top {action['selected_option']['value']}")

    @installed.app.view("narrow")
    def narrow(ack: Ack, view: dict[str, Any]) -> None:
        port = view["state"]["values"]["port"]["port"]["value"]
        ack() if port == "443" else ack(response_action="errors", errors={"port": f"{port} is not a port"})

    installed.connect()
    installed.client.chat_postMessage(channel="network", text="x", blocks=[ACTIONS])
    page = open_page()
    page.get_by_role("combobox", name="Select an option").select_option("10")
    expect(page.get_by_text("top 10", exact=True)).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    dialog = page.get_by_role("dialog", name="Narrow")
    dialog.get_by_role("textbox", name="Port").fill("http")
    dialog.get_by_role("button", name="Ask").click()
    expect(dialog.get_by_text("http is not a port")).to_be_visible()
    dialog.get_by_role("textbox", name="Port").fill("443")
    dialog.get_by_role("button", name="Ask").click()
    expect(dialog).to_have_count(0)


def test_unacknowledged_button_says_so(installed: Installed, open_page: Callable[..., Page]) -> None:
    installed.client.chat_postMessage(channel="network", text="x", blocks=[ACTIONS])
    page = open_page()
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_text("This app responded with an error")).to_be_visible()


def test_data_table_sorts_and_pages(installed: Installed, open_page: Callable[..., Page]) -> None:
    def row(number: int) -> list[dict[str, Any]]:
        return [{"type": "raw_text", "text": f"192.0.2.{number}"}, {"type": "raw_number", "value": number}]

    head = [{"type": "raw_text", "text": "Address"}, {"type": "raw_text", "text": "Flows"}]
    block = {"type": "data_table", "caption": "Top", "rows": [head, *(row(n) for n in (3, 20, 100, 1, 2, 7))]}
    installed.client.chat_postMessage(channel="network", text="x", blocks=[block])
    page = open_page()
    page.get_by_role("button", name="Flows").click()
    page.get_by_role("button", name="Flows").click()
    expect(page.locator("tbody th").first).to_have_text("192.0.2.100")
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("tbody th")).to_have_text(["192.0.2.1"])
    page.get_by_role("searchbox").fill("2.20")
    expect(page.locator("tbody th")).to_have_text(["192.0.2.20"])


def test_update_keeps_the_scroll_of_other_messages(
    installed: Installed, open_page: Callable[..., Page]
) -> None:
    """A message that did not change keeps its node: a table that was scrolled stays where it was."""
    wide = TABLE | {"rows": [[{"type": "raw_text", "text": "x" * 60}] * 6]}
    installed.client.chat_postMessage(channel="network", text="x", blocks=[wide])
    ts = installed.client.chat_postMessage(channel="network", text="running")["ts"]
    page = open_page()
    box = page.locator(".table-box")
    box.evaluate("node => { node.scrollLeft = 120; }")
    installed.client.chat_update(channel="network", ts=str(ts), text="done")
    expect(page.get_by_text("done")).to_be_visible()
    assert box.evaluate("node => node.scrollLeft") == 120


def test_message_that_is_too_high_is_seen_from_its_beginning(
    installed: Installed, open_page: Callable[..., Page]
) -> None:
    """What matters stands there; and nobody who read on from there is taken back."""
    page = open_page()
    ts = str(installed.client.chat_postMessage(channel="network", text="running")["ts"])
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": f"line {n}"}} for n in range(49)]
    installed.client.chat_update(channel="network", ts=ts, text="x", blocks=long)
    expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("line 48", exact=True)).not_to_be_in_viewport()
    page.get_by_role("log", name="Messages").evaluate("node => { node.scrollTop = node.scrollHeight; }")
    installed.client.chat_update(channel="network", ts=ts, text="x", blocks=[*long[:-1], ACTIONS])
    expect(page.get_by_role("button", name="More", exact=True)).to_be_in_viewport()


def test_global_shortcut_is_in_the_menu_of_the_composer(
    install: Callable[..., Installed], browser: Browser
) -> None:
    installed = install(shortcuts=(Shortcut("Ask a question", "ask", "global", "With a form"),))

    @installed.app.global_shortcut("ask")
    def ask(ack: Ack, shortcut: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=MODAL)

    installed.connect()
    page = browser.new_page()
    page.goto(installed.slack.url)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Ask a question").click()
    expect(page.get_by_role("dialog", name="Narrow")).to_be_visible()
    page.close()
