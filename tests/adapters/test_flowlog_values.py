"""Which records make sense: what is dropped here is counted, and what is kept is summed."""

from typing import Any

import pyarrow as pa
import pytest

from bot.adapters.flowlog_values import build_schema, drop_senseless, find_missing, fits
from bot.domain.flowlog import FIELDS, NEEDED, PARTITIONS

RECORD: dict[str, Any] = {
    "interface_id": "eni-0a",
    "srcaddr": "10.0.0.151",
    "dstaddr": "10.1.0.123",
    "srcport": 40000,
    "dstport": 443,
    "protocol": 6,
    "packets": 10,
    "bytes": 1000,
    "start": 1,
    "end": 2,
    "action": "ACCEPT",
    "log_status": "OK",
}
LIMITS = {"srcport": 65_535, "dstport": 65_535, "protocol": 255, "packets": 2**50, "bytes": 2**50}
LIMITS |= dict.fromkeys(("start", "end"), 253_402_300_799)


def check(**changes: object) -> bool:
    """Whether a record with these changes makes sense."""
    batch = pa.RecordBatch.from_pylist([RECORD | changes], schema=build_schema(tuple(NEEDED)))
    kept, dropped = drop_senseless(batch)
    assert kept.num_rows + dropped == 1
    return dropped == 0


@pytest.mark.parametrize(("name", "limit"), LIMITS.items(), ids=LIMITS)
def test_numbers_at_their_limits(name: str, limit: int) -> None:
    """Zero and the largest are fine; one beyond either is not."""
    assert check(**{name: 0})
    assert check(**{name: limit})
    assert not check(**{name: -1})
    assert not check(**{name: limit + 1})


@pytest.mark.parametrize("name", [name for name in NEEDED if name not in {"interface_id", "log_status"}])
def test_ok_needs_every_value(name: str) -> None:
    """A record that says OK and has a dash in a column that we sum, compare or group by is none."""
    assert not check(**{name: None})
    assert check(**{name: None, "log_status": "NODATA"})
    assert check(**{name: None, "log_status": None})


def test_regional_nat_has_no_interface() -> None:
    """Such a gateway's records carry a dash there, and are traffic all the same."""
    assert check(interface_id=None)


@pytest.mark.parametrize("action", ["accept", "Accept", "DROP", ""])
def test_action_is_one_of_two(action: str) -> None:
    """Any other would be traffic that is neither accepted nor rejected: the verdict would not see it."""
    assert not check(action=action)


ADDRESSES = ["10.0.0.1", "255.255.255.255", "::1", "::", "2001:DB8::1", "::ffff:10.0.0.1"]
NO_ADDRESSES = ["167772161", "10.0.0.1/32", "10.0.0.1:443", "10.0.0.1 ", " 10.0.0.1", '"10.0.0.1"']
NO_ADDRESSES += [
    "ip-10-0-0-1.ec2.internal",
    "10.0.0.1\n",
    "10.0.0.1%eth0",
    ":",
    "eni:0a",
    "fe80::1/64",
]


@pytest.mark.parametrize("address", [*ADDRESSES, *NO_ADDRESSES])
def test_addresses_are_spelled_as_such(address: str) -> None:
    """Any other spelling lies in no block, so that nobody would learn of the traffic."""
    assert check(srcaddr=address) is (address in ADDRESSES)
    assert check(dstaddr=address) is (address in ADDRESSES)


def test_nothing_is_copied_where_all_is_well() -> None:
    batch = pa.RecordBatch.from_pylist([RECORD] * 3, schema=build_schema(tuple(NEEDED)))
    assert drop_senseless(batch) == (batch, 0)
    assert drop_senseless(batch.slice(0, 0)) == (batch.slice(0, 0), 0)


def test_missing_columns_are_named() -> None:
    """Only those that are wanted and needed; the first says what is lost without it."""
    assert find_missing(tuple(NEEDED), tuple(NEEDED)) == ""
    assert find_missing(tuple(FIELDS), tuple(NEEDED)) == ""
    expected = "it lacks srcport, log-status: without srcport, the server's side cannot be told"
    assert find_missing(tuple(NEEDED), set(NEEDED) - {"srcport", "log_status"}) == expected


def test_schema_knows_every_field() -> None:
    schema = build_schema((*FIELDS, *PARTITIONS))
    assert schema.field("srcport").type == pa.int32()
    assert schema.field("bytes").type == pa.int64()
    assert schema.field("day").type == pa.string()
    assert len(schema) == len(FIELDS) + len(PARTITIONS)


@pytest.mark.parametrize(("number", "expected"), [(2**31 - 1, True), (2**31, False), (-(2**31), False)])
def test_what_an_int32_holds(number: int, expected: bool) -> None:
    assert fits(number, pa.int32()) is expected
