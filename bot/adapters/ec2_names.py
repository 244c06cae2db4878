"""What EC2 calls hosts: the Name tag of the instance, or what else is known of the network interface.

An interface's addresses are those of now, and not of when a log was written.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from botocore.config import Config

from bot.adapters.aws import CONFIG, AwsError, code_of, explain, open_session
from bot.domain.host_name import clean_host_name
from bot.errors import EngineError

_log = logging.getLogger(__name__)

FILTER_VALUES = 200
"""EC2 takes no more values in a filter."""

_BALANCER_HASH = re.compile(r"(?<=^ELB )(\w+/[^/]+)/[0-9a-f]+$")
_PAGE = 1_000
_MOST_ADDRESSES = 2_000
_MOST_LOOKUPS = 8
_QUICKLY = CONFIG.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=5)
)


class Ec2Client(Protocol):
    """The two calls of EC2 that are needed here."""

    def describe_network_interfaces(self, **request: Any) -> Mapping[str, Any]:
        """The network interfaces that pass the filters, a page of them."""

    def describe_instances(self, **request: Any) -> Mapping[str, Any]:
        """The instances that pass the filters, a page of them, by reservations."""


Connect = Callable[[str], Ec2Client]


def build_ec2_client(region: str) -> Ec2Client:
    """A client that gives up soon. Raises EngineError."""
    try:
        client: Ec2Client = open_session().client("ec2", region_name=region, config=_QUICKLY)
    except AwsError as error:
        raise EngineError(explain(error, f"name hosts in {region}")) from error
    return client


@dataclass(frozen=True)
class Patience:
    """How long is waited and remembered, in seconds, and how many addresses are remembered for each region.

    An answer waits `deadline_s` at most. A region that failed is not asked for `pause_s`.
    """

    deadline_s: float = 3.0
    pause_s: float = 60.0
    ttl_s: float = 300.0
    most_known: int = 20_000


@dataclass(frozen=True)
class _Known:
    """The names of all interfaces of a region that have an address; none where there is none."""

    names: frozenset[str]
    good_until: float


class Ec2Names:
    """The names of private IPv4 addresses in some regions. Safe for several threads.

    An address has a name only where all regions could be asked, and everything that has the address there is
    called the same. What was found, and that nothing was, is remembered for a while. What goes wrong leaves
    names out; the log has one line for each kind of failure.
    """

    def __init__(
        self,
        regions: Sequence[str],
        connect: Connect = build_ec2_client,
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._regions = [_Region(region, connect, patience, clock) for region in regions]
        self._deadline_s = patience.deadline_s

    def find(self, addresses: Iterable[str]) -> dict[str, str]:
        """The names of the addresses that have one. Never raises, nor waits past the deadline."""
        asked = list(islice(dict.fromkeys(filter(_is_private, addresses)), _MOST_ADDRESSES))
        until = time.monotonic() + self._deadline_s
        for lookup in [region.look_up(asked) for region in self._regions]:
            if lookup is not None:
                lookup.join(max(0.0, until - time.monotonic()))
        found = ((address, self._agree(address)) for address in asked)
        return {address: name for address, name in found if name}

    def _agree(self, address: str) -> str:
        """The one name that all have for an address."""
        known = [region.recall(address) for region in self._regions]
        names = frozenset[str]().union(*(each for each in known if each is not None))
        return next(iter(names)) if None not in known and len(names) == 1 else ""


class _Region:
    """One region, and what is known of it."""

    def __init__(self, name: str, connect: Connect, patience: Patience, clock: Callable[[], float]) -> None:
        self._name = name
        self._connect = connect
        self._patience = patience
        self._clock = clock
        self._client: Ec2Client | None = None
        self._connecting = threading.Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._changing = threading.Lock()
        self._room = threading.BoundedSemaphore(_MOST_LOOKUPS)
        self._resting_until = 0.0
        self._told: set[str] = set()

    def recall(self, address: str) -> frozenset[str] | None:
        """What has the address here; None where that is not known."""
        with self._changing:
            known = self._known.get(address)
        return known.names if known and known.good_until > self._clock() else None

    def look_up(self, addresses: Iterable[str]) -> threading.Thread | None:
        """Begin to find out what is not known; None where nothing is unknown, or trying is no use."""
        unknown = [address for address in addresses if self.recall(address) is None]
        if not unknown or self._clock() < self._resting_until or not self._room.acquire(blocking=False):
            return None
        # A daemon: whoever has waited long enough must not wait for it when the process ends, either.
        lookup = threading.Thread(target=self._work, args=(unknown,), name="ec2-names", daemon=True)
        try:
            lookup.start()
        except RuntimeError as error:  # the machine has no thread left
            self._room.release()
            self._fail("thread", f"hosts in {self._name} cannot be named: {error}")
            return None
        return lookup

    def _work(self, addresses: Sequence[str]) -> None:
        try:
            client = self._open()
            for batch in _split(addresses):
                self._remember(read_names(client, batch))
            self._told.clear()
        except AwsError as error:
            self._fail(code_of(error) or type(error).__name__, explain(error, f"name hosts in {self._name}"))
        except EngineError as error:
            self._fail("client", str(error))
        except Exception as error:  # noqa: BLE001 - a name is never worth an answer
            self._fail(type(error).__name__, f"hosts in {self._name} cannot be named: {error!r}")
        finally:
            self._room.release()

    def _open(self) -> Ec2Client:
        with self._connecting:
            if self._client is None:
                self._client = self._connect(self._name)
            return self._client

    def _remember(self, found: Mapping[str, frozenset[str]]) -> None:
        good_until = self._clock() + self._patience.ttl_s
        with self._changing:
            for address, names in found.items():
                self._known[address] = _Known(names, good_until)
                self._known.move_to_end(address)
            while len(self._known) > self._patience.most_known:
                self._known.popitem(last=False)

    def _fail(self, kind: str, sentence: str) -> None:
        self._resting_until = self._clock() + self._patience.pause_s
        if kind not in self._told:
            _log.warning("hosts are shown without names: %s", sentence)
        self._told.add(kind)


def try_names(region: str, connect: Connect = build_ec2_client) -> None:
    """Make both calls once, of what is not there. Raises EngineError with what to do."""
    client = connect(region)
    try:
        read_names(client, ["192.0.2.1"])
        list(_list_instances(client, ["i-00000000000000000"]))
    except AwsError as error:
        raise EngineError(explain(error, f"name hosts in {region}")) from error


def read_names(client: Ec2Client, addresses: Sequence[str]) -> dict[str, frozenset[str]]:
    """The names of everything that has each of the addresses, at most 200. Raises AwsError."""
    wanted = set(addresses)
    interfaces = list(_list_interfaces(client, addresses))
    instances = sorted({id_ for each in interfaces if (id_ := _find_instance(each))})
    named = {
        str(each["InstanceId"]): _find_tag(each.get("Tags", ()))
        for batch in _split(instances)
        for each in _list_instances(client, batch)
    }
    found: dict[str, set[str]] = {address: set() for address in addresses}
    for each in interfaces:
        for address in wanted.intersection(_list_addresses(each)):
            found[address].add(_name(each, named))
    return {address: frozenset(names) for address, names in found.items()}


def _name(interface: Mapping[str, Any], named: Mapping[str, str]) -> str:
    """The first of these that says anything; the interface's id always does."""
    instance = _find_instance(interface)
    said = (
        named.get(instance, ""),
        _find_tag(interface.get("TagSet", ())),
        instance,
        "" if instance else _BALANCER_HASH.sub(r"\1", str(interface.get("Description", ""))),
    )
    return next(filter(None, map(clean_host_name, said)), str(interface["NetworkInterfaceId"]))


def _find_instance(interface: Mapping[str, Any]) -> str:
    return str(interface.get("Attachment", {}).get("InstanceId", ""))


def _find_tag(tags: Iterable[Mapping[str, Any]]) -> str:
    return next((str(tag.get("Value", "")) for tag in tags if tag.get("Key") == "Name"), "")


def _list_addresses(interface: Mapping[str, Any]) -> Iterator[str]:
    yield str(interface.get("PrivateIpAddress", ""))
    for each in interface.get("PrivateIpAddresses", ()):
        yield str(each.get("PrivateIpAddress", ""))


def _list_interfaces(client: Ec2Client, addresses: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    wanted = {"Name": "addresses.private-ip-address", "Values": list(addresses)}
    for page in _turn_pages(client.describe_network_interfaces, wanted):
        yield from page["NetworkInterfaces"]


def _list_instances(client: Ec2Client, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Of ids that are gone, a filter gives nothing, where the parameter for ids would fail."""
    for page in _turn_pages(client.describe_instances, {"Name": "instance-id", "Values": list(ids)}):
        for reservation in page["Reservations"]:
            yield from reservation["Instances"]


def _turn_pages(
    call: Callable[..., Mapping[str, Any]], wanted: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = call(Filters=[wanted], MaxResults=_PAGE, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _split(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + FILTER_VALUES] for start in range(0, len(values), FILTER_VALUES))


def _is_private(address: str) -> bool:
    """Whether only somebody's own network can have the address; public ones EC2 would mistake."""
    try:
        return not ipaddress.IPv4Address(address).is_global
    except ValueError:
        return False
