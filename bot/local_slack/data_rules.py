"""The rules of the blocks that show data: table, data_table and data_visualization."""

from collections.abc import Iterator
from typing import Any

from bot.local_slack import limits
from bot.local_slack.element_rules import BLOCK_ID
from bot.local_slack.rich_text_rules import RICH_TEXT
from bot.local_slack.schema import (
    Problem,
    Record,
    boolean,
    by_type,
    items,
    no_repeats,
    number,
    one_of,
    positive,
    text,
    typed,
)

_RAW_TEXT = typed({"text": text(None, 1)}, {})
_RAW_NUMBER = typed({"value": number()}, {"text": text(None, 1)})
_TABLE_CELL = by_type({"raw_text": _RAW_TEXT, "rich_text": RICH_TEXT})
_DATA_CELL = by_type({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT})


def _rows_of_one_length(value: Any, pointer: str) -> Iterator[Problem]:
    if len({len(row) for row in value["rows"]}) > 1:
        yield Problem(f"{pointer}/rows", "all rows must have the same number of cells")


def _header_is_plain(value: Any, pointer: str) -> Iterator[Problem]:
    for column, cell in enumerate(value["rows"][0]):
        if cell["type"] == "rich_text":
            yield Problem(f"{pointer}/rows/0/{column}", "unsupported type: rich_text")


def _row_header_exists(value: Any, pointer: str) -> Iterator[Problem]:
    if value.get("row_header_column_index", 0) >= len(value["rows"][0]):
        yield Problem(f"{pointer}/row_header_column_index", "must be the index of a column")


TABLE = typed(
    {"rows": items(items(_TABLE_CELL, least=1, most=limits.TABLE_COLUMNS), least=1, most=limits.TABLE_ROWS)},
    {
        **BLOCK_ID,
        "column_settings": items(
            Record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
            most=limits.TABLE_COLUMNS,
        ),
    },
    _rows_of_one_length,
)

DATA_TABLE = typed(
    {
        "caption": text(None, 1),
        "rows": items(
            items(_DATA_CELL, least=1, most=limits.TABLE_COLUMNS), least=2, most=limits.DATA_TABLE_ROWS
        ),
    },
    {
        **BLOCK_ID,
        "page_size": number(1, limits.DATA_TABLE_PAGE, whole=True),
        "row_header_column_index": number(0, whole=True),
    },
    _rows_of_one_length,
    _header_is_plain,
    _row_header_exists,
)

_LABEL = text(limits.CHART_LABEL, 1)
_SERIES = items(
    Record(
        {
            "name": _LABEL,
            "data": items(
                Record({"label": _LABEL, "value": number()}), least=1, most=limits.CHART_CATEGORIES
            ),
        }
    ),
    least=1,
    most=limits.CHART_SERIES,
)
_AXES = Record(
    {"categories": items(_LABEL, least=1, most=limits.CHART_CATEGORIES)},
    {"x_label": text(limits.CHART_AXIS_LABEL), "y_label": text(limits.CHART_AXIS_LABEL)},
)


def _unique_series(value: Any, pointer: str) -> Iterator[Problem]:
    names = [(f"{pointer}/series/{i}/name", each["name"]) for i, each in enumerate(value["series"])]
    yield from no_repeats(names, "name")


def _points_match_categories(value: Any, pointer: str) -> Iterator[Problem]:
    categories = sorted(value["axis_config"]["categories"])
    for position, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != categories:
            yield Problem(f"{pointer}/series/{position}/data", "must have one point for each category")


_WITH_AXES = typed({"series": _SERIES, "axis_config": _AXES}, {}, _unique_series, _points_match_categories)
_PIE = typed(
    {"segments": items(Record({"label": _LABEL, "value": positive}), least=1, most=limits.CHART_SERIES)},
    {},
)
DATA_VISUALIZATION = typed(
    {
        "title": text(limits.CHART_TITLE, 1),
        "chart": by_type({"pie": _PIE, "bar": _WITH_AXES, "line": _WITH_AXES, "area": _WITH_AXES}),
    },
    BLOCK_ID,
)


def text_length_of_cells(block: dict[str, Any]) -> int:
    """Count the characters in all cells of a table, however deep in rich text."""
    return _text_length(block.get("rows"))


def _text_length(value: Any) -> int:
    if isinstance(value, list):
        return sum(_text_length(each) for each in value)
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_text_length(each) for name, each in value.items() if name != "text")
    return 0
