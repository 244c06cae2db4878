"""Ports by the names that people know."""

import pytest

from bot.domain.services import write_service


@pytest.mark.parametrize(
    ("port", "protocol", "expected"),
    [
        (5432, 6, "5432/TCP postgresql"),
        (53, 17, "53/UDP domain"),
        (53, 6, "53/TCP domain"),
        (5432, 17, "5432/UDP"),
        (50123, 6, "50123/TCP"),
        (0, 1, "0/ICMP"),
        (80, 253, "80/protocol 253"),
    ],
)
def test_service(port: int, protocol: int, expected: str) -> None:
    assert write_service(port, protocol) == expected
