"""The registry over a real store and a real folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.block_store import SqlBlockStore
from bot.adapters.database import Database, name_file
from bot.adapters.folder import ExpansionFolder
from bot.domain.cidr import Block, parse_block
from bot.domain.command import Add, Ask, parse_command
from bot.errors import RequestError
from bot.services.registry import Prepared, Registry

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def block(text: str) -> Block:
    return parse_block(text).block


class House:
    """A registry, and where it keeps things."""

    def __init__(self, folder: Path, home: str = "") -> None:
        self.store = SqlBlockStore(Database(name_file(folder / "vpccidr.db")))
        self.expansions = ExpansionFolder(folder / "expansions")
        self.registry = Registry(self.store, self.expansions, home)

    def add(self, text: str, name: str = "") -> bool:
        return self.registry.add(Add(parse_block(text), name)).is_new

    def prepare(self, line: str) -> Prepared:
        command = parse_command(line, NOW)
        assert isinstance(command, Ask)
        return self.registry.prepare(command)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_what_is_added_is_there_after_a_restart(house: House, tmp_path: Path) -> None:
    house.add("10.1.0.0/24", "vpc-b")
    listing = House(tmp_path).registry.list()
    assert listing.blocks == (block("10.1.0.0/24"),)
    assert listing.networks == {"vpc-b": (block("10.1.0.0/24"),)}


def test_adding_a_name_to_a_registered_block_is_new(house: House) -> None:
    assert house.add("10.1.0.0/24")
    assert house.add("10.1.0.0/24", "vpc-b")
    assert not house.add("10.1.0.0/24", "vpc-b")
    assert not house.add("10.1.0.0/24")


def test_network_keeps_blocks_that_another_holds(house: House) -> None:
    """Removing one name must not break questions about the other."""
    house.add("10.1.0.0/24", "one")
    house.add("10.1.0.0/24", "two")
    removed = house.registry.remove("one")
    assert removed.blocks == ()
    assert house.registry.list().networks == {"two": (block("10.1.0.0/24"),)}
    assert house.expansions.has(block("10.1.0.0/24"))


def test_removed_block_leaves_its_networks(house: House) -> None:
    house.add("10.1.0.0/24", "vpc-b")
    house.add("10.2.0.0/24", "vpc-b")
    house.registry.remove(parse_block("10.1.0.0/24"))
    assert house.registry.list().networks == {"vpc-b": (block("10.2.0.0/24"),)}


@pytest.mark.parametrize(
    ("line", "asked", "home"),
    [
        ("peering 10.1.0.0/24", "10.1.0.0/24", None),
        ("peering 10.0.0.0/24 10.1.0.0/24", "10.1.0.0/24", "10.0.0.0/24"),
        ("inadvertent 10.1.0.0/24 10.0.0.0/24", "10.1.0.0/24", "10.0.0.0/24"),
        ("incoming 10.1.0.0/24 10.0.0.0/24", "10.1.0.0/24", "10.0.0.0/24"),
    ],
)
def test_sides_are_told_by_their_place(house: House, line: str, asked: str, home: str | None) -> None:
    """Changed over, `incoming` would answer the opposite question."""
    question = house.prepare(line).question
    assert str(question.asked) == asked
    assert (str(question.home) if question.home else None) == home


@pytest.mark.parametrize("home", ["10.0.0.0/24", "vpc-a"])
def test_configured_home_takes_the_place_left_for_it(tmp_path: Path, home: str) -> None:
    house = House(tmp_path, home)
    house.add("10.0.0.0/24", "vpc-a")
    for line in ("peering 10.1.0.0/24", "inadvertent 10.1.0.0/24", "incoming 10.1.0.0/24"):
        question = house.prepare(line).question
        assert question.home is not None
        assert question.home.blocks == (block("10.0.0.0/24"),)
        assert question.asked.blocks == (block("10.1.0.0/24"),)


def test_question_registers_what_it_needs_and_says_so(house: House) -> None:
    prepared = house.prepare("peering 10.1.0.9/24")
    assert [added.block for added in prepared.registered] == [block("10.1.0.0/24")]
    assert [parsed.typed for parsed in prepared.cleared] == ["10.1.0.9/24"]
    assert house.prepare("peering 10.1.0.0/24").registered == ()


def test_unknown_network_registers_nothing(house: House) -> None:
    """A typing error in the second operand must not leave the first one behind."""
    with pytest.raises(RequestError, match="no network named nobody"):
        house.prepare("peering 10.1.0.0/24 nobody")
    assert house.registry.list().blocks == ()


def test_unknown_network_is_told_the_nearest_or_the_first_of_all(house: House) -> None:
    for number in range(30):
        house.add(f"10.1.{number}.0/24", f"net-{number:02}")
    with pytest.raises(RequestError, match="no network named net-077; the nearest is net-07"):
        house.prepare("peering net-077")
    with pytest.raises(RequestError, match=r"the networks are net-00, .*, net-19 and 10 more networks"):
        house.prepare("peering vpc")


@pytest.mark.parametrize("line", ["peering 10.1.0.0/24 10.1.0.0/24", "incoming vpc-b 10.1.0.0/24"])
def test_network_is_not_its_own_peer(house: House, line: str) -> None:
    """`unused` would be the answer to a typing error."""
    house.add("10.1.0.0/24", "vpc-b")
    with pytest.raises(RequestError, match="Both sides are"):
        house.prepare(line)
