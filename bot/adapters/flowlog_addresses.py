"""The addresses of records: which begin with what a block's do, and which number an IPv4 address stands for.

Compiled code looks at a column at once; where there is none, Arrow and the standard library tell the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from ipaddress import AddressValueError, IPv4Address

import pyarrow as pa
from pyarrow import compute as pc

from bot.adapters.flowlog_lines import LIBRARY, allocate_bits, load
from bot.domain.cidr import Block

NUMBER = pa.uint32()

_OCTET_BITS = 8
_REMEMBERED = 2**17


def write_beginning(block: Block, octets: int) -> str:
    """What each address of a block begins with: its whole octets, so many of them at most."""
    whole = min(octets, block.prefix // _OCTET_BITS)
    return "".join(f"{block.first >> shift & 255}." for shift in (24, 16, 8)[:whole])


def begin_with(texts: pa.StringArray, beginnings: Sequence[str]) -> pa.BooleanArray:
    """Which of the texts begin with one of those; a missing one with none."""
    if (library := load(LIBRARY)) is None:
        begin_so = reduce(pc.or_, [pc.starts_with(texts, beginning) for beginning in beginnings])
        return pc.fill_null(begin_so, fill_value=False)
    column, found = _Column(texts), allocate_bits(len(texts), are_set=False)
    for beginning in map(str.encode, beginnings):
        library.flowlog_lines_find_beginning(
            column.begins, column.data, column.size, len(texts), beginning, len(beginning), found.address
        )
    told = pa.Array.from_buffers(pa.bool_(), len(texts), [None, found])
    return pc.and_(told, texts.is_valid()) if texts.null_count else told


def number_addresses(texts: pa.Array) -> pa.UInt32Array:
    """The number of each IPv4 address that is written as AWS writes it: four octets without leading zeros.

    Of all else, be it missing, an IPv6 address or none at all, there is no number.
    """
    if isinstance(texts, pa.DictionaryArray):
        return number_addresses(texts.dictionary).take(texts.indices)
    if (library := load(LIBRARY)) is None:
        different = texts.dictionary_encode()
        return pa.array(map(_number, different.dictionary.to_pylist()), NUMBER).take(different.indices)
    column, valid = _Column(texts), allocate_bits(len(texts), are_set=True)
    numbers = pa.allocate_buffer(len(texts) * NUMBER.byte_width)
    others = library.flowlog_lines_number_addresses(
        column.begins, column.data, len(texts), numbers.address, valid.address
    )
    told = pa.Array.from_buffers(NUMBER, len(texts), [valid, numbers], others)
    return pc.if_else(texts.is_valid(), told, pa.scalar(None, NUMBER)) if texts.null_count else told


def lie_within(numbers: pa.UInt32Array, block: Block) -> pa.BooleanArray:
    """Which addresses lie in a block; what has no number does not."""
    first, last = (pa.scalar(number, NUMBER) for number in (block.first, block.last))
    within = pc.and_(pc.greater_equal(numbers, first), pc.less_equal(numbers, last))
    return pc.fill_null(within, fill_value=False)


class _Column:
    """Where the texts lie; in the place of a missing one may be any text."""

    def __init__(self, texts: pa.StringArray) -> None:
        _, begins, data = texts.buffers()
        self._data = data or pa.py_buffer(b"")
        self.begins: int | None = begins.address + pa.int32().byte_width * texts.offset if begins else None
        self.data: int = self._data.address
        self.size: int = self._data.size


@lru_cache(_REMEMBERED)
def _number(text: str) -> int | None:
    try:
        return int(IPv4Address(text))
    except AddressValueError:
        return None
