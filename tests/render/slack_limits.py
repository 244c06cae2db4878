"""Slack's documented limits, walked over whatever is sent: written apart from the local Slack's own rules.

A rule that the local Slack lacks would hide a fault from every test that posts there. Sources: the Block Kit
reference at docs.slack.dev, and where it disagrees with itself the smaller figure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 4_000  # what Slack recommends, and all that chat.update takes; 40,000 are cut
TABLE_TEXT = 10_000  # all cells of a message's tables

_TEXTS = {
    "section": 3_000,
    "header": 150,
    "context": 3_000,
    "button": 75,
    "option": 75,
    "group": 75,
    "placeholder": 150,
    "label": 2_000,
    "hint": 2_000,
    "title": 24,
    "submit": 24,
    "close": 24,
}
_LENGTHS = {
    "block_id": 255,
    "action_id": 255,
    "callback_id": 255,
    "private_metadata": 3_000,
    "alt_text": 2_000,
}
_MOST_ELEMENTS = {"context": 10, "actions": 25}
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_KNOWN_LINK = re.compile(r"<(@[A-Z0-9]+|#[A-Z0-9]+|!subteam\^[A-Z0-9]+|!date\^\d+\^[^<>|^]+\|[^<>|]+)>")


def find_breaches(blocks: Sequence[Mapping[str, Any]], most: int = MESSAGE_BLOCKS) -> list[str]:
    """Everything in blocks that Slack would refuse, or show as something else than what is meant."""
    return [f"{len(blocks)} blocks"] * (len(blocks) > most) + list(_find_breaches(blocks))


def find_view_breaches(view: Mapping[str, Any]) -> list[str]:
    """The same of a modal or a Home tab."""
    found = find_breaches(view["blocks"], VIEW_BLOCKS)
    for part in ("title", "submit", "close"):
        found += _check_text(part, view[part]) if part in view else []
    if view["type"] == "modal" and "title" not in view:
        found.append("no title")
    if any(block["type"] in {"table", "data_visualization", "markdown"} for block in view["blocks"]):
        found.append("a block that views do not take")
    return found + _check_lengths(view)


def find_text_breaches(text: str) -> list[str]:
    """What is wrong with a message's text, which notifications and screen readers say."""
    long = [f"text of {len(text)}"] if len(text) > MESSAGE_TEXT else []
    return [*long, *([] if text.strip() else ["an empty text"]), *_check_markup(text)]


def _find_breaches(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kinds = Counter(block["type"] for block in blocks)
    if kinds["table"] > 1 or kinds["data_visualization"] > 2:
        yield f"too many of {dict(kinds)}"
    named = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name} twice" for name, times in named.items() if times > 1)
    for place, block in enumerate(blocks):
        yield from (f"block {place}: {breach}" for breach in _find_block_breaches(block))


def _find_block_breaches(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _check_lengths(block)
    yield from _CHECKS.get(block["type"], _refuse)(block)


def _refuse(block: Mapping[str, Any]) -> Iterator[str]:
    yield f"no rule for {block['type']}"


def _check_section(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _check_text("section", block["text"])
    yield from _check_elements([block["accessory"]] if "accessory" in block else [])


def _check_context(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _check_count("context", block["elements"])
    for element in block["elements"]:
        yield from _check_text("context", element)


def _check_actions(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _check_count("actions", block["elements"])
    yield from _check_elements(block["elements"])


def _check_input(block: Mapping[str, Any]) -> Iterator[str]:
    for part in ("label", "hint"):
        yield from _check_text(part, block[part]) if part in block else ()
    yield from _check_elements([block["element"]])


def _check_image(block: Mapping[str, Any]) -> Iterator[str]:
    yield from () if block.get("alt_text") else ("an image without alt_text",)


def _check_lengths(thing: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} of {len(thing[name])}"
        for name, most in _LENGTHS.items()
        if name in thing and not 1 <= len(thing[name]) <= most
    ]


def _check_count(kind: str, elements: Sequence[Any]) -> list[str]:
    return [] if 1 <= len(elements) <= _MOST_ELEMENTS[kind] else [f"{len(elements)} elements of {kind}"]


def _check_text(kind: str, thing: Mapping[str, Any]) -> list[str]:
    """A text's length as it is sent; and of markup, that nothing was cut in two or is foreign."""
    text = thing["text"]
    wrong = [] if len(text.strip()) >= 1 and len(text) <= _TEXTS[kind] else [f"{kind} of {len(text)}"]
    return wrong + (_check_markup(text) if thing["type"] == "mrkdwn" else [])


def _check_markup(text: str) -> list[str]:
    bare = _KNOWN_LINK.sub("", text)
    wrong = [f"a bare & near {text[max(0, found.start() - 9) :][:30]!r}" for found in _ENTITY.finditer(text)]
    wrong += [f"{sign} in {bare[:60]!r}" for sign in "<>" if sign in bare]
    fences = bare.count("```")
    ticks = bare.count("`") - 3 * fences
    return wrong + [f"open code in {bare[-60:]!r}"] * (fences % 2 or ticks % 2)


def _check_elements(elements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = Counter(element["action_id"] for element in elements)
    yield from (f"action_id {name} twice" for name, times in names.items() if times > 1)
    for element in elements:
        yield from _check_lengths(element)
        if "placeholder" in element:
            yield from _check_text("placeholder", element["placeholder"])
        match element["type"]:
            case "button":
                yield from _check_text("button", element["text"])
                if not 1 <= len(element["value"]) <= 2_000:
                    yield f"button value of {len(element['value'])}"
            case "static_select":
                yield from _check_select(element)
            case "plain_text_input":
                if len(element.get("initial_value", "x")) not in range(1, 3_001):
                    yield "initial value too long"
            case "conversations_select":
                pass
            case "datepicker":
                yield from _check_date(element.get("initial_date", "2026-11-23"))
            case kind:
                yield f"no rule for {kind}"


def _check_date(text: str) -> Iterator[str]:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        yield "initial date is none"


def _check_select(menu: Mapping[str, Any]) -> Iterator[str]:
    if ("options" in menu) == ("option_groups" in menu):
        yield "needs options or groups, and not both"
    groups = menu.get("option_groups", [])
    if "option_groups" in menu and not 1 <= len(groups) <= 100:
        yield f"{len(groups)} groups"
    for group in groups:
        yield from _check_text("group", group["label"])
    lists = [group["options"] for group in groups] or [menu.get("options", [])]
    for options in lists:
        if not 1 <= len(options) <= 100:
            yield f"{len(options)} options"
    options = [option for each in lists for option in each]
    for option in options:
        yield from _check_text("option", option["text"])
        if not 1 <= len(option["value"]) <= 150:
            yield f"option value of {len(option['value'])}"
    values = Counter(option["value"] for option in options)
    yield from (f"option {value} twice" for value, times in values.items() if times > 1)
    if "initial_option" in menu and menu["initial_option"] not in options:
        yield "an initial option that is not offered"


def _check_table(table: Mapping[str, Any]) -> Iterator[str]:
    rows = table["rows"]
    if not 1 <= len(rows) <= 100:
        yield f"{len(rows)} rows"
    if {len(row) for row in rows} - set(range(1, 21)) or len({len(row) for row in rows}) > 1:
        yield "rows of unequal or too many columns"
    if len(table.get("column_settings", [])) > 20:
        yield "too many column settings"
    texts = [cell["text"] for row in rows for cell in row]
    if not all(texts):
        yield "an empty cell"
    if sum(map(len, texts)) > TABLE_TEXT:
        yield f"{sum(map(len, texts))} characters in a table"


def _check_chart(block: Mapping[str, Any]) -> Iterator[str]:
    chart = block["chart"]
    series = chart["series"]
    categories = chart["axis_config"]["categories"]
    labels = [*categories, *(each["name"] for each in series)]
    if not 1 <= len(block["title"]) <= 50:
        yield f"title of {len(block['title'])}"
    if not 1 <= len(series) <= 6 or not 1 <= len(categories) <= 20:
        yield f"{len(series)} series of {len(categories)}"
    if not all(1 <= len(label) <= 20 for label in labels):
        yield f"a label too long in {labels}"
    if len(set(categories)) < len(categories):
        yield f"a category twice in {categories}"
    if any([point["label"] for point in each["data"]] != categories for each in series):
        yield "points that are not the categories"
    if not all(1 <= len(chart["axis_config"].get(axis, "x")) <= 50 for axis in ("x_label", "y_label")):
        yield "an axis label too long"


_CHECKS: dict[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "section": _check_section,
    "header": lambda block: _check_text("header", block["text"]),
    "context": _check_context,
    "actions": _check_actions,
    "input": _check_input,
    "table": _check_table,
    "data_visualization": _check_chart,
    "image": _check_image,
    "divider": lambda _: (),
}
