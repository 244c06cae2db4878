"""The names of the addresses that a message shows."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.labels import Labels
from bot.services.ports import HostNames, RangeNames
from bot.services.registry import Registry


class Names:
    """Brings together what the registry, AWS's list of its ranges, and EC2 call addresses.

    `ranges` and `hosts` are None where nobody wants them.
    """

    def __init__(
        self, registry: Registry, ranges: RangeNames | None = None, hosts: HostNames | None = None
    ) -> None:
        self._registry = registry
        self._ranges = ranges
        self._hosts = hosts

    def read_labels(self, addresses: Iterable[str]) -> Labels:
        """The names as they are now; of hosts, those of the `addresses` that will be shown.

        Raises StoreError where the registry cannot be read, and nothing else.
        """
        networks = self._registry.read_networks()
        ranges = self._ranges.read() if self._ranges else None
        hosts = self._hosts.find(addresses) if self._hosts else {}
        return Labels(networks, ranges, hosts) if ranges else Labels(networks, hosts=hosts)
