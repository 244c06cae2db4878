"""Names from the registry, from AWS's list of ranges, and from EC2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.domain.prefixes import NamedPrefixes
from bot.services.names import Names
from bot.services.registry import Registry
from tests.services.test_driver import Blocks, Expansions

REGISTRY = Registry(Blocks(), Expansions())


@dataclass
class Ranges:
    """A list of ranges, or none that can be read."""

    prefixes: NamedPrefixes | None

    def read(self) -> NamedPrefixes | None:
        return self.prefixes


@dataclass
class Hosts:
    """An EC2 that knows one host."""

    asked: list[str] = field(default_factory=list)

    def find(self, addresses: Iterable[str]) -> dict[str, str]:
        self.asked += addresses
        return {"10.1.0.9": "db-primary"}


def test_without_settings_nothing_is_asked() -> None:
    assert Names(REGISTRY).read_labels(["10.1.0.9"]).write("10.1.0.9") == "10.1.0.9"


def test_all_stand_together() -> None:
    hosts, ranges = Hosts(), Ranges(NamedPrefixes([("52.95.110.0/24", "S3 eu-central-1")]))
    labels = Names(REGISTRY, ranges, hosts).read_labels(["10.1.0.9", "52.95.110.1"])
    assert hosts.asked == ["10.1.0.9", "52.95.110.1"]
    assert labels.write("10.1.0.9") == "10.1.0.9 (db-primary)"
    assert labels.write("52.95.110.1") == "52.95.110.1 (S3 eu-central-1)"


def test_ranges_that_cannot_be_read_leave_the_others() -> None:
    labels = Names(REGISTRY, Ranges(None), Hosts()).read_labels(["10.1.0.9"])
    assert labels.write("10.1.0.9") == "10.1.0.9 (db-primary)"
    assert labels.write("52.95.110.1") == "52.95.110.1"
