"""The judge of blocks is worth as much as its refusals: each limit at its last good value and one over."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.local_slack.block_rules import MESSAGE_BLOCKS, find_problems, require_message_blocks
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.view_rules import VIEW

Block = dict[str, Any]


def plain(length: int = 1) -> Block:
    return {"type": "plain_text", "text": "x" * length}


def section(length: int = 1, **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}, **more}


def button(action_id: str = "go", **more: Any) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain(), **more}


def actions(count: int) -> Block:
    return {"type": "actions", "elements": [button(f"go-{i}") for i in range(count)]}


def raw(text: str = "x") -> Block:
    return {"type": "raw_text", "text": text}


def table(rows: int = 2, columns: int = 2, **more: Any) -> Block:
    return {"type": "table", "rows": [[raw()] * columns for _ in range(rows)], **more}


def data_table(rows: int = 2, columns: int = 2, **more: Any) -> Block:
    return table(rows, columns, caption="Top", **more) | {"type": "data_table"}


def options(count: int) -> list[Block]:
    return [{"text": plain(), "value": str(i)} for i in range(count)]


def menu(count: int) -> Block:
    return section(accessory={"type": "static_select", "action_id": "m", "options": options(count)})


def overflow(count: int) -> Block:
    return section(accessory={"type": "overflow", "action_id": "m", "options": options(count)})


def pie(segments: int, **more: Any) -> Block:
    parts = [{"label": str(i), "value": 1} for i in range(segments)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": parts}, **more}


def bar(series: int = 1, categories: int = 1, **axes: Any) -> Block:
    names = [str(i) for i in range(categories)]
    data = [{"label": name, "value": 1.5} for name in names]
    chart = {"type": "bar", "axis_config": {"categories": names, **axes}}
    chart["series"] = [{"name": f"s{i}", "data": data} for i in range(series)]
    return {"type": "data_visualization", "title": "t", "chart": chart}


LAST_GOOD_AND_FIRST_BAD: list[tuple[str, Callable[[int], list[Block]], int]] = [
    ("section text", lambda n: [section(n)], 3000),
    ("header text", lambda n: [{"type": "header", "text": plain(n)}], 150),
    ("markdown text", lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    ("button text", lambda n: [{"type": "actions", "elements": [button(text=plain(n))]}], 75),
    ("button value", lambda n: [{"type": "actions", "elements": [button(value="x" * n)]}], 2000),
    ("blocks of a message", lambda n: [{"type": "divider"}] * n, 50),
    ("elements of context", lambda n: [{"type": "context", "elements": [plain()] * n}], 10),
    ("elements of actions", lambda n: [actions(n)], 25),
    ("fields of a section", lambda n: [{"type": "section", "fields": [plain()] * n}], 10),
    ("options of a select", lambda n: [menu(n)], 100),
    ("options of an overflow", lambda n: [overflow(n)], 5),
    ("rows of a table", lambda n: [table(rows=n)], 100),
    ("columns of a table", lambda n: [table(columns=n)], 20),
    ("rows of a data_table", lambda n: [data_table(rows=n)], 101),
    ("page of a data_table", lambda n: [data_table(page_size=n)], 100),
    ("segments of a pie", lambda n: [pie(n)], 6),
    ("series of a bar", lambda n: [bar(series=n)], 6),
    ("categories of a bar", lambda n: [bar(categories=n)], 20),
    ("title of a chart", lambda n: [pie(1, title="x" * n)], 50),
    ("length of a block_id", lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
]


@pytest.mark.parametrize(
    ("build", "most"),
    [case[1:] for case in LAST_GOOD_AND_FIRST_BAD],
    ids=[c[0] for c in LAST_GOOD_AND_FIRST_BAD],
)
def test_limit(build: Callable[[int], list[Block]], most: int) -> None:
    assert find_problems(MESSAGE_BLOCKS, build(most)) == []
    assert find_problems(MESSAGE_BLOCKS, build(most + 1)) != []


REFUSED: list[tuple[list[Any], str]] = [
    ([section(0)], "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section(3001)], "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "[ERROR] must provide one of: text, fields [json-pointer:/blocks/0]"),
    ([{"type": "poem"}], "[ERROR] unsupported type: poem [json-pointer:/blocks/0]"),
    ([{}], "[ERROR] missing required field: type [json-pointer:/blocks/0]"),
    (["divider"], "[ERROR] must provide an object [json-pointer:/blocks/0]"),
    ([{"type": "actions"}], "[ERROR] missing required field: elements [json-pointer:/blocks/0]"),
    ([section(colour="red")], "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]"),
    (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        '[ERROR] `block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
    ),
    (
        [{"type": "actions", "elements": [button(), button()]}],
        '[ERROR] `action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    (
        [{"type": "table", "rows": [[raw("")]]}],
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
    ),
    (
        [{"type": "table", "rows": [[{"type": "raw_number", "value": 1}]]}],
        "[ERROR] unsupported type: raw_number [json-pointer:/blocks/0/rows/0/0]",
    ),
    (
        [{"type": "table", "rows": [[raw()], [raw(), raw()]]}],
        "[ERROR] all rows must have the same number of cells [json-pointer:/blocks/0/rows]",
    ),
    (
        [table() | {"type": "data_table"}],
        "[ERROR] missing required field: caption [json-pointer:/blocks/0]",
    ),
    (
        [data_table(rows=1)],
        "[ERROR] no fewer than 2 items allowed [json-pointer:/blocks/0/rows]",
    ),
    (
        [table(column_settings=[{"align": "middle"}])],
        "[ERROR] must be one of: left, center, right [json-pointer:/blocks/0/column_settings/0/align]",
    ),
    (
        [{"type": "actions", "elements": [button(style="green")]}],
        "[ERROR] must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        [section(text={"type": "plain_text", "text": 7})],
        "[ERROR] must provide a string [json-pointer:/blocks/0/text/text]",
    ),
]


@pytest.mark.parametrize(("blocks", "message"), REFUSED)
def test_refusal_says_what_and_where(blocks: list[Any], message: str) -> None:
    """Slack's words, so that what a developer reads here is what Slack would tell."""
    with pytest.raises(SlackRefusalError) as caught:
        require_message_blocks(blocks)
    assert caught.value.error == "invalid_blocks"
    assert message in caught.value.details["response_metadata"]["messages"]


def test_totals_of_a_message() -> None:
    """Some limits count over all blocks of a message, and have other names."""

    def error_of(blocks: list[Block]) -> str:
        with pytest.raises(SlackRefusalError) as caught:
            require_message_blocks(blocks)
        return caught.value.error

    assert error_of([table(), table()]) == "invalid_attachments"
    assert error_of([pie(1)] * 3) == "invalid_blocks"
    assert error_of([{"type": "markdown", "text": "x" * 6001}] * 2) == "msg_blocks_too_long"
    assert require_message_blocks([table(), pie(1), pie(1), data_table()])


def modal(**more: Any) -> Block:
    return {"type": "modal", "title": plain(), "blocks": [section()], **more}


def test_views() -> None:
    """A modal's own limits, and that an input needs a submit button."""
    text_input = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}
    assert find_problems(VIEW, modal(title=plain(24), private_metadata="x" * 3000)) == []
    assert find_problems(VIEW, modal(blocks=[section()] * 100)) == []
    for refused in (
        modal(title=plain(25)),
        modal(private_metadata="x" * 3001),
        modal(blocks=[section()] * 101),
        modal(blocks=[text_input]),
        modal(blocks=[table()]),
        modal(submit=plain(25)),
    ):
        assert find_problems(VIEW, refused) != []


MANGLED: list[Any] = [None, 7, "x", [], {}, {"type": None}, {"type": ["section"]}, [None], True]


@pytest.mark.parametrize("value", MANGLED)
def test_nonsense_is_refused_and_never_crashes(value: Any) -> None:
    """Whatever stands where something is expected, the judge has an answer."""
    for good in (section(accessory=button()), table(), data_table(), bar(), menu(2)):
        for name in good.keys() - {"caption", "title"}:
            assert find_problems(MESSAGE_BLOCKS, [good | {name: value}]) != []
