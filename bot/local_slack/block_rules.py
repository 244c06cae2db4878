"""Which blocks Slack takes: each block's own rules, and the rules of all of them together."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.local_slack import limits
from bot.local_slack.data_rules import DATA_TABLE, DATA_VISUALIZATION, TABLE, text_length_of_cells
from bot.local_slack.element_rules import (
    BLOCK_ID,
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    URL,
    any_text,
    plain_text,
)
from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.rich_text_rules import RICH_TEXT
from bot.local_slack.schema import (
    Check,
    Problem,
    Record,
    boolean,
    by_type,
    items,
    needs_any,
    no_repeats,
    one_of,
    text,
    typed,
)

SECTION = typed(
    {},
    {
        **BLOCK_ID,
        "text": any_text(limits.SECTION_TEXT),
        "fields": items(any_text(limits.SECTION_FIELD_TEXT), least=1, most=limits.SECTION_FIELDS),
        "accessory": IN_ACCESSORY,
        "expand": boolean,
    },
    needs_any("text", "fields"),
)
IMAGE = typed(
    {"alt_text": text(limits.ALT_TEXT, 1)},
    {
        **BLOCK_ID,
        "image_url": URL,
        "slack_file": Record({}, {"url": URL, "id": text()}),
        "title": plain_text(limits.IMAGE_TITLE),
    },
    needs_any("image_url", "slack_file"),
)
INPUT = typed(
    {"label": plain_text(limits.LABEL), "element": IN_INPUT},
    {**BLOCK_ID, "hint": plain_text(limits.LABEL), "optional": boolean, "dispatch_action": boolean},
)

_EVERYWHERE: Mapping[str, Check] = {
    "section": SECTION,
    "header": typed({"text": plain_text(limits.HEADER_TEXT)}, {**BLOCK_ID, "level": one_of(1, 2, 3, 4)}),
    "divider": typed({}, BLOCK_ID),
    "context": typed({"elements": items(IN_CONTEXT, least=1, most=limits.CONTEXT_ELEMENTS)}, BLOCK_ID),
    "actions": typed({"elements": items(IN_ACTIONS, least=1, most=limits.ACTIONS_ELEMENTS)}, BLOCK_ID),
    "image": IMAGE,
    "input": INPUT,
    "rich_text": RICH_TEXT,
}
_ONLY_MESSAGES: Mapping[str, Check] = {
    "markdown": typed({"text": text(limits.MARKDOWN_TEXT, 1)}, BLOCK_ID),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
}


def _elements_of(block: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each interactive element of a block with its pointer."""
    if not isinstance(block, dict):
        return
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield f"{pointer}/{name}", block[name]
    elements = block.get("elements") if block.get("type") == "actions" else None
    for position, element in enumerate(elements if isinstance(elements, list) else []):
        if isinstance(element, dict):
            yield f"{pointer}/elements/{position}", element


def _ids_are_unique(blocks: list[Any], pointer: str) -> Iterator[Problem]:
    block_ids = [
        (f"{pointer}/{i}/block_id", block["block_id"])
        for i, block in enumerate(blocks)
        if isinstance(block, dict) and isinstance(block.get("block_id"), str) and block["block_id"]
    ]
    yield from no_repeats(block_ids, "block_id")
    for i, block in enumerate(blocks):
        found = [
            (f"{place}/action_id", element["action_id"])
            for place, element in _elements_of(block, f"{pointer}/{i}")
            if isinstance(element.get("action_id"), str)
        ]
        yield from no_repeats(found, "action_id")


def _one_focus(blocks: list[Any], pointer: str) -> Iterator[Problem]:
    focused = [
        place
        for i, block in enumerate(blocks)
        for place, element in _elements_of(block, f"{pointer}/{i}")
        if element.get("focus_on_load")
    ]
    for place in focused[1:]:
        yield Problem(place, "only one element can have focus_on_load")


def _blocks(kinds: Mapping[str, Check], most: int) -> Check:
    shape = items(by_type(kinds), most=most)

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        yield from shape(value, pointer)
        if isinstance(value, list):
            yield from _ids_are_unique(value, pointer)
            yield from _one_focus(value, pointer)

    return check


MESSAGE_BLOCKS = _blocks({**_EVERYWHERE, **_ONLY_MESSAGES}, limits.MESSAGE_BLOCKS)
VIEW_BLOCKS = _blocks(_EVERYWHERE, limits.VIEW_BLOCKS)


def find_problems(check: Check, value: Any, pointer: str = "") -> list[Problem]:
    """Answer everything that `check` finds wrong with `value`."""
    return list(check(value, pointer))


def refuse(error: str, problems: list[Problem]) -> SlackRefusalError:
    """Answer the refusal that tells these problems, as Slack words it."""
    messages = [str(problem) for problem in problems]
    bare = [message.removeprefix("[ERROR] ") for message in messages]
    return SlackRefusalError(error, errors=bare, response_metadata={"messages": messages})


def require_message_blocks(blocks: Any) -> list[dict[str, Any]]:
    """Answer a message's blocks as they are, or raise Slack's refusal of them."""
    problems = find_problems(MESSAGE_BLOCKS, blocks, "/blocks")
    if problems:
        raise refuse("invalid_blocks", problems)
    checked: list[dict[str, Any]] = blocks
    for require in _MESSAGE_TOTALS:
        require(checked)
    return checked


def _require_one_table(blocks: list[dict[str, Any]]) -> None:
    kinds = Counter(block["type"] for block in blocks)
    # Slack moves a table into an attachment of its own, hence the name of this error.
    if kinds["table"] > limits.MESSAGE_TABLES:
        raise refuse("invalid_attachments", [Problem("/blocks", "only_one_table_allowed")])
    if kinds["data_visualization"] > limits.MESSAGE_CHARTS:
        sentence = f"no more than {limits.MESSAGE_CHARTS} data_visualization blocks allowed"
        raise refuse("invalid_blocks", [Problem("/blocks", sentence)])


def _require_total_markdown(blocks: list[dict[str, Any]]) -> None:
    total = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if total > limits.MESSAGE_MARKDOWN:
        sentence = f"markdown blocks must total less than {limits.MESSAGE_MARKDOWN + 1} characters"
        raise refuse("msg_blocks_too_long", [Problem("/blocks", sentence)])


def _require_total_cells(blocks: list[dict[str, Any]]) -> None:
    total = sum(text_length_of_cells(block) for block in blocks if block["type"] == "data_table")
    if total > limits.MESSAGE_DATA_TABLE_TEXT:
        sentence = f"data tables must total less than {limits.MESSAGE_DATA_TABLE_TEXT + 1} characters"
        raise refuse("invalid_blocks", [Problem("/blocks", sentence)])


_MESSAGE_TOTALS: tuple[Callable[[list[dict[str, Any]]], None], ...] = (
    _require_one_table,
    _require_total_markdown,
    _require_total_cells,
)
