"""Typed values into SQL text.

Nothing that a person typed reaches a statement: every value here is a block, an address, a day, a number or
one of our own words, and is rendered as a literal that this module writes itself.

    :name                        one value
    in_values(column, :name)     column IN (...), or TRUE where the question does not ask for any
    in_blocks(column, :name)     the address lies in one of the side's blocks, or TRUE where there is no side
    in_networks(column, :name)   the same, told from the address's text: a result has no `cidrtable` beside it
    in_days(column, :name)       the window may have records in that partition
    in_window(column, :name)     since <= column < until, or TRUE where days and not times were asked for
    optional(column, :name)      the column where it is one of those that the table has, else NULL
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.address import Address
from bot.domain.cidr import Block
from bot.domain.flowlog import FIELDS
from bot.domain.window import Window


@dataclass(frozen=True)
class Fragment:
    """SQL text of our own, which may hold further names to bind."""

    text: str


@dataclass(frozen=True)
class Fields:
    """The fields of a flow log that a table has."""

    names: frozenset[str]


Single = int | date | StrEnum | Block | Address
Value = (
    Single
    | Fragment
    | Fields
    | Window
    | tuple[Block, ...]
    | tuple[Address, ...]
    | tuple[int, ...]
    | tuple[StrEnum, ...]
)

_OCTETS, _OCTET_BITS = 4, 8
_COMMENT = re.compile(r"--[^\n]*\n")
_NAME = re.compile(r"(?<![:\w]):([a-z_]+)\b")
_WORD = re.compile(
    r"\b(in_values|in_blocks|in_networks|in_days|in_window|optional)\(([a-z_\"]+),\s*:([a-z_]+)\)"
)
_HOLE = re.compile(f"{_WORD.pattern}|{_NAME.pattern}")
_OUR_WORDS = re.compile(r"[A-Za-z_]+")


def bind(text: str, values: Mapping[str, Value]) -> str:
    """The statement with every name replaced by its value. Raises KeyError for a name without a value."""
    opened = _NAME.sub(lambda match: _open(match, values), text)
    return _HOLE.sub(lambda match: _fill(match, values), opened)  # in one go: a literal is never read again


def _open(match: re.Match[str], values: Mapping[str, Value]) -> str:
    value = values[match[1]]
    return _COMMENT.sub("", value.text).strip() if isinstance(value, Fragment) else match[0]


def _fill(match: re.Match[str], values: Mapping[str, Value]) -> str:
    word, column, listed, name = match.groups()
    return _WRITERS[word](column, values[listed]) if word else write_literal(values[name])


def write_literal(value: Value) -> str:
    """One value as a literal: a number, a partition's day as 'yyyy/MM/dd', or one of our words."""
    match value:
        case bool() | datetime():
            raise TypeError(value)
        case int():
            return str(value)
        case date():
            return f"'{value:%Y/%m/%d}'"
        case StrEnum() if _OUR_WORDS.fullmatch(value.value):
            return f"'{value.value}'"
        case Block() | Address():
            return f"'{value}'"
    raise TypeError(value)


def _write_values(column: str, values: Value) -> str:
    listed = _write_list(values)
    return f"{column} IN ({listed})" if listed else "TRUE"


def _write_blocks(column: str, blocks: Value) -> str:
    listed = _write_list(blocks)
    if not listed:
        return "TRUE"
    in_them = f"cidr IN ({listed})"
    return f"{column} IN (SELECT ip FROM cidrtable WHERE {in_them})"  # noqa: S608 - only our own literals


def _write_networks(column: str, blocks: Value) -> str:
    if not isinstance(blocks, tuple):
        raise TypeError(blocks)
    return " OR ".join(_write_network(column, block) for block in blocks) or "TRUE"


def _write_network(column: str, block: Value) -> str:
    """Whole octets as the beginning of the address, the last one that the block names as a list of them."""
    if not isinstance(block, Block):
        raise TypeError(block)
    depth = max(1, math.ceil(block.prefix / _OCTET_BITS))
    *head, first = str(block).partition("/")[0].split(".")[:depth]
    octets = range(int(first), int(first) + 2 ** (depth * _OCTET_BITS - block.prefix))
    if depth == _OCTETS:
        listed = ", ".join(f"'{'.'.join(head)}.{octet}'" for octet in octets)
        return f"{column} IN ({listed})"
    if len(octets) == 1:
        return f"STARTS_WITH({column}, '{'.'.join((*head, first))}.')"
    # One pattern for all, since up to 256 beginnings would be compared one by one.
    pattern = "".join(rf"{octet}\." for octet in head)
    listed = ", ".join(f"'{octet}'" for octet in octets)
    return rf"REGEXP_EXTRACT({column}, '^{pattern}(\d+)\.', 1) IN ({listed})"


def _write_days(column: str, window: Value) -> str:
    if not isinstance(window, Window):
        raise TypeError(window)
    first, last = write_literal(window.first_day), write_literal(window.last_day)
    return f"{column} BETWEEN {first} AND {last}"


def _write_window(column: str, window: Value) -> str:
    if not isinstance(window, Window):
        raise TypeError(window)
    if not window.by_time:
        return "TRUE"
    since, until = int(window.since.timestamp()), int(window.until.timestamp())
    return f"({column} >= {since} AND {column} < {until})"


def _write_optional(column: str, fields: Value) -> str:
    if not isinstance(fields, Fields):
        raise TypeError(fields)
    return column if column in fields.names else f"CAST(NULL AS {FIELDS[column].in_queries})"


def _write_list(values: Value) -> str:
    if not isinstance(values, tuple):
        raise TypeError(values)
    return ", ".join(write_literal(value) for value in values)


_WRITERS = {
    "in_values": _write_values,
    "in_blocks": _write_blocks,
    "in_networks": _write_networks,
    "in_days": _write_days,
    "in_window": _write_window,
    "optional": _write_optional,
}
