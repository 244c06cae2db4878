"""The addresses of records, as texts and as numbers: one from the other, and which lie in a block.

Compiled code looks at a column at once; where there is none, Arrow and the standard library tell the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from ipaddress import AddressValueError, IPv4Address

import pyarrow as pa
from pyarrow import compute as pc

from bot.adapters.flowlog_lines import LIBRARY, allocate_bits, load
from bot.adapters.flowlog_values import ADDRESS_NUMBER, look_at_texts
from bot.domain.cidr import Block

_BITS, _OCTET_BITS, _OCTETS_AT_A_GLANCE = 32, 8, 3
_END_BYTES, _LONGEST = 4, 15
_REMEMBERED = 2**17


def cover(block: Block, octets: int) -> Block:
    """The block of an address's whole octets, so many of them at most, that holds a block."""
    prefix = min(octets, block.prefix // _OCTET_BITS) * _OCTET_BITS
    return Block(block.first >> (_BITS - prefix) << (_BITS - prefix), prefix)


def lie_in(addresses: pa.Array, blocks: Sequence[Block]) -> pa.BooleanArray:
    """Which addresses, as texts or numbers, lie in one of the blocks; what is missing lies in none."""
    if addresses.type == ADDRESS_NUMBER:
        return reduce(pc.or_, [lie_within(addresses, block) for block in blocks])
    return look_at_texts(addresses, lambda texts: reduce(pc.or_, [_lie_in(texts, block) for block in blocks]))


def _lie_in(texts: pa.StringArray, block: Block) -> pa.BooleanArray:
    whole = cover(block, _OCTETS_AT_A_GLANCE)
    begin_so = begin_with(texts, write_beginning(whole))
    if block == whole:
        return begin_so  # the rest can be anything: AWS writes whole addresses
    numbers = number_addresses(texts.filter(begin_so))
    return pc.replace_with_mask(begin_so, begin_so, lie_within(numbers, block))


def write_beginning(block: Block) -> str:
    """What each address of a block of whole octets begins with."""
    return "".join(f"{block.first >> shift & 255}." for shift in (24, 16, 8)[: block.prefix // _OCTET_BITS])


def begin_with(texts: pa.StringArray, beginning: str) -> pa.BooleanArray:
    """Which of the texts begin so; a missing one does not."""
    if (library := load(LIBRARY)) is None:
        return pc.fill_null(pc.starts_with(texts, beginning), fill_value=False)
    column, found = _Column(texts), allocate_bits(len(texts), are_set=False)
    begin = beginning.encode()
    library.flowlog_lines_find_beginning(
        column.begins, column.data, column.size, len(texts), begin, len(begin), found.address
    )
    told = pa.Array.from_buffers(pa.bool_(), len(texts), [None, found])
    return pc.and_(told, texts.is_valid()) if texts.null_count else told


def spell_addresses(numbers: pa.Array) -> pa.Array:
    """The addresses that the numbers stand for, as texts; what is a text already stays as it is."""
    if numbers.type != ADDRESS_NUMBER:
        return numbers
    if (library := load(LIBRARY)) is None:
        different = numbers.dictionary_encode()
        return pa.array(map(_spell, different.dictionary.to_pylist()), pa.string()).take(different.indices)
    if numbers.offset:
        numbers = pa.concat_arrays([numbers, numbers[:0]])  # which copies it
    rows, (valid, values) = len(numbers), numbers.buffers()
    ends, data = pa.allocate_buffer(_END_BYTES * (rows + 1)), pa.allocate_buffer(_LONGEST * rows)
    library.flowlog_lines_write_addresses(values.address, rows, ends.address, data.address)
    return pa.Array.from_buffers(pa.string(), rows, [valid, ends, data], numbers.null_count)


def number_addresses(texts: pa.Array) -> pa.UInt32Array:
    """The number of each IPv4 address that is written as AWS writes it: four octets without leading zeros.

    Of all else, be it missing, an IPv6 address or none at all, there is no number; what is one already stays.
    """
    if texts.type == ADDRESS_NUMBER:
        return texts
    if isinstance(texts, pa.DictionaryArray):
        return number_addresses(texts.dictionary).take(texts.indices)
    if (library := load(LIBRARY)) is None:
        different = texts.dictionary_encode()
        return pa.array(map(_number, different.dictionary.to_pylist()), ADDRESS_NUMBER).take(
            different.indices
        )
    column, valid = _Column(texts), allocate_bits(len(texts), are_set=True)
    numbers = pa.allocate_buffer(len(texts) * ADDRESS_NUMBER.byte_width)
    others = library.flowlog_lines_number_addresses(
        column.begins, column.data, column.size, len(texts), numbers.address, valid.address
    )
    told = pa.Array.from_buffers(ADDRESS_NUMBER, len(texts), [valid, numbers], others)
    return pc.if_else(texts.is_valid(), told, pa.scalar(None, ADDRESS_NUMBER)) if texts.null_count else told


def lie_within(numbers: pa.UInt32Array, block: Block) -> pa.BooleanArray:
    """Which addresses lie in a block; what has no number does not."""
    first, last = (pa.scalar(number, ADDRESS_NUMBER) for number in (block.first, block.last))
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
def _spell(number: int | None) -> str | None:
    return None if number is None else str(IPv4Address(number))


@lru_cache(_REMEMBERED)
def _number(text: str) -> int | None:
    try:
        return int(IPv4Address(text))
    except AddressValueError:
        return None
