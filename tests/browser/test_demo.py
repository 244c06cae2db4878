"""The demo as a newcomer meets it: the real command, a browser, and what is typed or only clicked."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
SWITCHES = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that `vpccidr demo` prints."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        try:
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def page(demo_url: str) -> Iterator[Page]:
    chromium = os.environ.get("CHROMIUM") or which("chromium")
    if not chromium:
        pytest.fail("There is no Chromium here: install it, or name it in CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(demo_url)
        yield page
        browser.close()


def type_line(page: Page, line: str) -> None:
    composer = page.get_by_role("textbox", name="Message #network")
    composer.fill(line)
    composer.press("Enter")


def test_block_is_added_and_told_to_the_channel(page: Page) -> None:
    type_line(page, "/vpccidr add 10.1.0.0/16")
    expect(page.get_by_text("10.1.0.0/16 is registered").last).to_be_visible(timeout=PATIENCE_MS)


def test_question_becomes_a_table_and_a_csv(page: Page) -> None:
    """The main job, end to end: type, read, download."""
    type_line(page, "/vpccidr peering 10.1.0.0/16 days=10")
    expect(page.get_by_text("In use:").last).to_be_visible(timeout=PATIENCE_MS)
    table = page.get_by_role("table").last
    expect(table.get_by_role("cell", name="10.1.0.123")).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(11)
    page.get_by_text("1 reply").last.click()
    with page.expect_download() as download:
        page.get_by_label(re.compile("Thread")).get_by_role(
            "link", name=re.compile("[Dd]ownload.*csv")
        ).click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert {"10.1.0.123"} <= {row["server"] for row in rows}
    picture = page.get_by_role("img", name=re.compile("vpc-a .* to vpc-b")).last
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1_760
    assert len({row["day"] for row in rows}) >= 9  # today's first logs may still be on their way


def test_typing_error_is_whispered_with_the_line_to_type(page: Page) -> None:
    type_line(page, "/vpccidr peerin 10.1.0.0/16")
    expect(page.get_by_text("the nearest is peering").last).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Only visible to you").last).to_be_visible()


def test_newcomer_learns_by_clicking_alone_who_depends_on_a_network(page: Page) -> None:
    page.get_by_role("button", name="vpccidr").click()
    page.get_by_role("button", name="Can it be disconnected?").nth(1).click()
    form = page.get_by_role("dialog")
    expect(form.get_by_text("costs nothing")).to_be_visible()
    expect(form.get_by_label("About which network?")).to_have_value("vpc-b")
    form.get_by_label("Answer in").select_option(label="#network")
    form.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("disconnect vpc-b").last).to_be_visible()  # among the person's questions
    page.get_by_role("button", name="network", exact=True).click()
    messages = page.get_by_role("log", name="Messages")
    expect(messages.get_by_text("Not safe to disconnect").last).to_be_visible()
    expect(messages.get_by_text("10.1.0.123 (vpc-b) 5432/TCP postgresql is used by").last).to_be_visible()
    messages.get_by_label("Look closer").last.select_option(label="Hosts in vpc-b")
    page.get_by_text("replies").last.click()
    thread = page.get_by_label(re.compile("Thread")).first
    expect(thread.get_by_text("this cost nothing").last).to_be_visible()


def test_newcomer_asks_about_days_of_their_own_by_the_shortcut(page: Page) -> None:
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Who talks to whom?").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_text("costs nothing")).to_be_visible()
    yesterday = f"{datetime.now(UTC).date() - timedelta(days=1)}"
    form.get_by_label("to this day").fill(yesterday)
    expect(form.get_by_text("Choose the first day, too.")).to_be_visible()
    form.get_by_label("from this day").fill(yesterday)
    expect(form.get_by_text("costs nothing")).to_be_visible()
    form.get_by_role("button", name="Ask").click()
    expect(form.get_by_text("Choose a network here")).to_be_visible()
    form.get_by_label("About which network?").select_option(label="vpc-b: 10.1.0.0/16")
    form.get_by_role("button", name="Ask").click()
    expect(page.get_by_text(f"from={yesterday} to={yesterday}").last).to_be_visible()
    expect(page.get_by_text("In use:").last).to_be_in_viewport()
