"""A button asks the same question, a little differently."""

import pytest

from bot.domain.rewrite import write_with_compare, write_with_days, write_with_raw, write_without_compare


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("peering 10.1.0.0/16", "peering 10.1.0.0/16 days=30"),
        ("peering vpc-a vpc-b days=10 port=443", "peering vpc-a vpc-b port=443 days=30"),
        ("peering vpc-b Days = 3", "peering vpc-b days=30"),
        ("peering vpc-b from=2026-11-20 to=2026-11-22 top=5", "peering vpc-b top=5 days=30"),
    ],
)
def test_more_days(line: str, expected: str) -> None:
    assert write_with_days(line, 30) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("peering vpc-b days=3", "peering vpc-b days=3 raw"),
        ("peering vpc-b raw", "peering vpc-b raw"),
        ("peering vpc-b raw=5 top=3", "peering vpc-b top=3 raw"),
    ],
)
def test_raw(line: str, expected: str) -> None:
    assert write_with_raw(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("peering vpc-b days=3", "peering vpc-b days=3 compare=previous"),
        ("peering vpc-b compare top=3", "peering vpc-b top=3 compare=previous"),
        ("peering vpc-b Compare = Previous", "peering vpc-b compare=previous"),
    ],
)
def test_compare(line: str, expected: str) -> None:
    assert write_with_compare(line) == expected
    assert write_without_compare(expected) == expected.removesuffix(" compare=previous")
