"""What the values of a flow-log record are in Arrow, and which records make sense.

A record that does not make sense must not vanish: the readers count what is dropped here, and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import pyarrow as pa
from pyarrow import compute as pc

from bot.domain.coverage import LACKS
from bot.domain.flowlog import FIELDS, LOG_STATUSES, NEEDED, PARTITIONS, Type

_FEW_TEXTS = frozenset(
    {"interface_id", "action", "log_status", "pkt_src_aws_service", "pkt_dst_aws_service", *PARTITIONS}
)
"""Columns of few different texts: the engine groups by a dictionary's numbers faster than by texts."""

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
_ARROW_TYPES = {Type.STRING: pa.string(), Type.INT: pa.int32(), Type.BIGINT: pa.int64()}

NARROW = {
    "srcport": pa.uint16(),
    "dstport": pa.uint16(),
    "protocol": pa.uint8(),
    "start": pa.uint32(),
    "end": pa.uint32(),
    "traffic_path": pa.int8(),
}
"""The narrowest types that hold every value that makes sense."""

LARGEST = {
    "srcport": 65_535,
    "dstport": 65_535,
    "protocol": 255,
    "packets": 2**50,  # far above what one interface moves in ten minutes, and thousands of them still add up
    "bytes": 2**50,
    "start": 253_402_300_799,  # the last second of the year 9999: milliseconds are refused, not misread
    "end": 253_402_300_799,
}
"""The largest value of a number that makes sense; none is below zero."""

ADDRESSES = ("srcaddr", "dstaddr")
ADDRESS_NUMBER = pa.uint32()
"""What an IPv4 address is as a number. A reader gives numbers for both ADDRESSES of a batch, or for none."""
EXPECTED = (*ADDRESSES, "action", *LARGEST)
"""What a record that says OK has."""

_ACTIONS = pa.array(["ACCEPT", "REJECT"])
_STATUSES = pa.array(LOG_STATUSES)
_DOTTED = "0123456789."
_IPV6 = "^[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*$"
_BITS = {pa.int32(): 31, pa.int64(): 63}


class NotAFlowLogError(Exception):
    """The file cannot be read, or not from here on; the text says why, as a sentence's end."""


def build_schema(names: Sequence[str]) -> pa.Schema:
    """The Arrow schema of these fields or partition columns."""
    return pa.schema([(name, _ARROW_TYPES[(FIELDS | PARTITIONS)[name]]) for name in names])


def build_stream_schema(names: Sequence[str]) -> pa.Schema:
    """The same, with dictionaries for the columns that hold few different texts."""
    return pa.schema(
        [(each.name, _DICTIONARY if each.name in _FEW_TEXTS else each.type) for each in build_schema(names)]
    )


def choose_text_type(name: str) -> pa.DataType:
    """What a field of the text is read as: what holds every value that makes sense, and costs least."""
    if name in _FEW_TEXTS:
        return _DICTIONARY
    return NARROW.get(name, _ARROW_TYPES[FIELDS[name]])


def encode(values: pa.Array, type_: pa.DataType) -> pa.Array:
    """The values as the type, of which they may already be: texts as a dictionary, say, or wider numbers."""
    if values.type == type_:
        return values
    if isinstance(values, pa.DictionaryArray) and pa.types.is_dictionary(type_):  # a cast would look at texts
        return pa.DictionaryArray.from_arrays(values.indices.cast(type_.index_type), values.dictionary)
    return values.cast(type_)


def look_at_texts(values: pa.Array, look: Callable[[pa.Array], pa.BooleanArray]) -> pa.BooleanArray:
    """What a look tells of each text, false of those that are missing; a dictionary's are looked at once."""
    if not isinstance(values, pa.DictionaryArray):
        return pc.fill_null(look(values), fill_value=False)
    told = look(values.dictionary)
    found = pc.indices_nonzero(told)
    if len(found) == 1:  # numbers are compared faster than looked up
        told = pc.equal(values.indices, found[0].cast(values.indices.type))
    else:
        told = told.take(values.indices)
    return pc.fill_null(told, fill_value=False)


def find_text(values: pa.Array, text: str) -> pa.BooleanArray:
    """Which of the texts are this one."""
    return look_at_texts(values, lambda texts: pc.equal(texts, text))


def find_missing(wanted: Sequence[str], present: Sequence[str]) -> str:
    """What cannot be answered for want of columns, as a sentence's end; empty where none is wanting."""
    missing = [name.replace("_", "-") for name in wanted if name in NEEDED and name not in present]
    if not missing:
        return ""
    return f"{LACKS}{', '.join(missing)}: without {missing[0]}, {NEEDED[missing[0].replace('-', '_')]}"


def fits(number: int, type_: pa.DataType) -> bool:
    """Whether an integer type can hold the number."""
    return number.bit_length() <= _BITS[type_]


def has_odd_words(batch: pa.RecordBatch) -> bool:
    """Whether a record's log-status or action is none of AWS's."""
    return has_odd_status(batch) or not _are_known(batch.column("action"), _ACTIONS)


def has_odd_status(batch: pa.RecordBatch) -> bool:
    """Whether a record's log-status is none of AWS's."""
    return not _are_known(batch.column("log_status"), _STATUSES)


def _are_known(texts: pa.Array, known: pa.StringArray) -> bool:
    """Whether the texts are all among the known ones, but for those that are missing."""
    different = _list_different(texts)
    return pc.all(pc.or_(pc.is_in(different, known), pc.is_null(different))).as_py() is not False


def drop_senseless(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, int]:
    """The records that make sense, and how many others there were.

    Only of a record that says OK is anything asked: the others carry dashes, or whatever they like.
    """
    is_ok = find_text(batch.column("log_status"), "OK")
    if _make_sense_at_a_glance(batch, is_ok):
        return batch, 0
    senseless = pc.and_(is_ok, pc.invert(_make_sense(batch)))
    count = pc.sum(senseless).as_py() or 0
    return (batch.filter(pc.invert(senseless)) if count else batch), count


def _make_sense_at_a_glance(batch: pa.RecordBatch, is_ok: pa.BooleanArray) -> bool:
    """Whether all of the batch makes sense, by its columns' extremes: nearly every batch is like that."""
    numbers = [(batch.column(name), largest) for name, largest in LARGEST.items()]
    if not all(_spans_within(values, largest) for values, largest in numbers):
        return False
    texts = [batch.column(name) for name in (*ADDRESSES, "action")]
    others = pc.indices_nonzero(pc.invert(is_ok))
    if any(_lacks_any(values, others) for values in [*texts, *(values for values, _ in numbers)]):
        return False
    *addresses, actions = texts
    if not _are_known(actions, _ACTIONS):
        return False
    different = [_list_different(values) for values in addresses]
    looks = [pc.match_substring(values, ".") for values in different]
    return all(pc.all(look).as_py() is not False for look in looks) and all(map(_are_dotted, different))


def _list_different(texts: pa.Array) -> pa.Array:
    """At least each of the texts once."""
    return texts.dictionary if isinstance(texts, pa.DictionaryArray) else texts


def _are_dotted(texts: pa.StringArray) -> bool:
    """Whether there are but digits and dots in the texts: one look at all their bytes at once."""
    data = texts.buffers()[2] or pa.py_buffer(b"")
    span = pc.min_max(pa.Array.from_buffers(pa.uint8(), data.size, [None, data]))
    least, most = span["min"].as_py(), span["max"].as_py()
    # Between the dot and the digits there is but the slash.
    return least is None or (least >= ord(".") and most <= ord("9") and b"/" not in data.to_pybytes())


def _spans_within(values: pa.Array, largest: int) -> bool:
    span = pc.min_max(values)
    least, most = span["min"].as_py(), span["max"].as_py()
    return least is None or (least >= 0 and most <= largest)


def _lacks_any(values: pa.Array, others: pa.UInt64Array) -> bool:
    """Whether a record has no value there that is none of the others, which do not say OK."""
    return bool(values.null_count > values.take(others).null_count)


def _make_sense(batch: pa.RecordBatch) -> pa.BooleanArray:
    ranges = [_lies_within(batch.column(name), largest) for name, largest in LARGEST.items()]
    addresses = [_looks_like_address(batch.column(name)) for name in ADDRESSES]
    known = look_at_texts(batch.column("action"), lambda actions: pc.is_in(actions, _ACTIONS))
    return reduce(pc.and_, [*ranges, *addresses, known])


def _lies_within(values: pa.Array, largest: int) -> pa.BooleanArray:
    within = pc.and_(pc.greater_equal(values, 0), pc.less_equal(values, largest))
    return pc.fill_null(within, fill_value=False)


def _looks_like_address(values: pa.Array) -> pa.BooleanArray:
    """Whether a text is spelled with what an address is spelled with.

    Stored as a number, or with a length, a port or a space behind it, it would match no block.
    """
    return look_at_texts(values, _are_spelled_as_addresses)


def _are_spelled_as_addresses(texts: pa.StringArray) -> pa.BooleanArray:
    dotted = pc.and_(pc.match_substring(texts, "."), pc.equal(pc.ascii_ltrim(texts, _DOTTED), ""))
    others = pc.fill_null(pc.invert(dotted), fill_value=False)
    return pc.replace_with_mask(dotted, others, pc.match_substring_regex(texts.filter(others), _IPV6))
