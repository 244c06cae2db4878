"""Who would be cut off, in a section that Slack takes."""

from datetime import UTC, datetime

import pytest

from bot.domain.cidr import parse_block
from bot.domain.dependency import Dependency
from bot.domain.labels import NO_LABELS, Labels
from bot.render.disconnect import build_dependencies, list_addresses

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def build(number: int) -> list[Dependency]:
    clients = tuple(f"10.0.0.{n}" for n in range(9))
    return [Dependency(f"10.1.0.{n}", 5432, 6, clients, 1000, NOW) for n in range(number)]


def read(number: int, labels: Labels = NO_LABELS) -> list[str]:
    (block,) = build_dependencies(build(number), labels)
    assert len(block["text"]["text"]) <= 3_000
    return str(block["text"]["text"]).splitlines()


def test_service_and_its_users_have_their_names() -> None:
    networks = {"vpc-a": (parse_block("10.0.0.0/16").block,), "vpc-b": (parse_block("10.1.0.0/16").block,)}
    labels = Labels(networks, hosts={"10.1.0.0": "db & co", "10.0.0.1": "web"})
    assert read(1, labels)[1] == (
        "• 10.1.0.0 (vpc-b: db &amp; co) 5432/TCP postgresql is used by 10.0.0.0 (vpc-a), 10.0.0.1 (vpc-a: web), "
        "10.0.0.2 (vpc-a) and 6 more: 1.00 kB, last 2026-11-20 18:00 UTC"
    )


@pytest.mark.parametrize(("number", "last"), [(10, "• 10.1.0.9 "), (11, "and 1 more service")])
def test_ten_are_shown(number: int, last: str) -> None:
    lines = read(number)
    assert lines[-1].startswith(last)


@pytest.mark.parametrize("number", [5, 10, 500])
def test_none_is_left_out_unsaid_for_the_sake_of_long_names(number: int) -> None:
    """A service that nobody reads of is cut off all the same."""
    addresses = list_addresses(build(number))
    labels = Labels({"n" * 63: (parse_block("10.0.0.0/8").block,)}, hosts=dict.fromkeys(addresses, "&" * 40))
    _, *shown, more = read(number, labels)
    assert more == f"and {number - len(shown)} more service" + "s" * (number - len(shown) > 1)


def test_names_are_looked_up_of_what_is_shown_alone() -> None:
    assert len(list_addresses(build(500))) == 10 * 4
    assert list_addresses(build(1)) == ["10.1.0.0", "10.0.0.0", "10.0.0.1", "10.0.0.2"]
