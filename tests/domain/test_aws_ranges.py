"""What AWS calls its addresses, from its ip-ranges.json."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.aws_ranges import parse_aws_ranges


def write_ranges(*entries: tuple[str, str, str], created: str = "2026-11-19-21-13-06") -> str:
    """An ip-ranges.json of prefixes with their services and regions."""
    old, new = [], []
    for cidr, service, region in entries:
        rest = {"region": region, "service": service, "network_border_group": region}
        (new if ":" in cidr else old).append({("ipv6_prefix" if ":" in cidr else "ip_prefix"): cidr} | rest)
    ranges = {"syncToken": "1763586786", "createDate": created, "prefixes": old, "ipv6_prefixes": new}
    return json.dumps(ranges)


RANGES = write_ranges(
    ("52.94.0.0/15", "AMAZON", "GLOBAL"),
    ("52.95.110.0/24", "AMAZON", "eu-central-1"),
    ("52.95.110.0/24", "S3", "eu-central-1"),
    ("52.95.110.0/24", "EC2", "eu-central-1"),
    ("3.120.0.0/14", "AMAZON", "eu-central-1"),
    ("3.120.0.0/14", "EC2", "eu-central-1"),
    ("3.120.181.40/29", "EC2", "eu-central-1"),
    ("3.120.181.40/29", "EC2_INSTANCE_CONNECT", "eu-central-1"),
    ("99.77.0.0/24", "S3", "us-east-1"),
    ("99.77.0.0/24", "DYNAMODB", "us-east-1"),
    ("2a05:d07a:8000::/40", "AMAZON", "eu-south-1"),
    ("2a05:d07a:8000::/40", "S3", "eu-south-1"),
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("52.95.110.1", "S3 eu-central-1"),
        ("52.95.111.1", "AMAZON GLOBAL"),  # the longest prefix counts, however little it says
        ("3.120.0.1", "EC2 eu-central-1"),
        ("3.120.181.47", "EC2_INSTANCE_CONNECT eu-central-1"),
        ("99.77.0.1", "DYNAMODB/S3 us-east-1"),
        ("2a05:d07a:8000::1", "S3 eu-south-1"),
        ("2a05:d07a:9000::1", ""),
        ("8.8.8.8", ""),
    ],
)
def test_name_of_an_address(address: str, expected: str) -> None:
    assert parse_aws_ranges(RANGES).prefixes.find(address) == expected


def test_order_of_the_file_does_not_matter() -> None:
    found = json.loads(RANGES)
    found["prefixes"].reverse()
    assert parse_aws_ranges(json.dumps(found)).prefixes.find("52.95.110.1") == "S3 eu-central-1"


def test_since_when() -> None:
    assert parse_aws_ranges(RANGES).created == datetime(2026, 11, 19, 21, 13, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "entry",
    [
        ("52.96.0.0/24", "<!channel>", "eu-central-1"),
        ("52.96.0.0/24", "S3", "eu-central-1 *x*"),
        ("52.96.0.0/24", "S" * 41, "eu-central-1"),
    ],
)
def test_what_is_no_word_is_passed_over(entry: tuple[str, str, str]) -> None:
    """Nothing of the file may be markup, or long."""
    prefixes = parse_aws_ranges(write_ranges(entry, ("52.95.110.0/24", "S3", "eu-central-1"))).prefixes
    assert [prefixes.find(each) for each in ("52.96.0.1", "52.95.110.1")] == ["", "S3 eu-central-1"]


WRONG: dict[str, Any] = {
    "empty": "",
    "cut": RANGES[:-20],
    "a page": "<html>Sign in</html>",
    "a list": "[]",
    "no date": json.dumps(json.loads(RANGES) | {"createDate": "yesterday"}),
    "no prefixes": json.dumps({"createDate": "2026-11-19-21-13-06"}),
    "no word": write_ranges(("52.95.110.0/24", "*", "eu-central-1")),
    "prefixes that are texts": json.dumps(json.loads(RANGES) | {"prefixes": ["52.95.110.0/24"]}),
    "a prefix that is none": write_ranges(("52.95.110.300/24", "S3", "eu-central-1")),
    "host bits": write_ranges(("52.95.110.1/24", "S3", "eu-central-1")),
    "a service that is a number": json.dumps(
        json.loads(RANGES) | {"prefixes": [{"ip_prefix": "52.95.110.0/24", "service": 3, "region": "x"}]}
    ),
    "deep": "[" * 100_000,
    "not UTF-8": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("case", WRONG)
def test_anything_else_is_refused(case: str) -> None:
    """With one error, that whoever reads files can expect."""
    with pytest.raises(ValueError, match=r"."):
        parse_aws_ranges(WRONG[case])
