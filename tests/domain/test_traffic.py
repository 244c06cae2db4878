"""What is summed up by networks is all that was said, once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cidr import parse_block
from bot.domain.networks import NO_NETWORK, Network, Networks
from bot.domain.traffic import Link, Traffic, TrafficSums

A, B, C = (parse_block(text).block for text in ("10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/15"))
WHOLE = 1_000_000


def row(
    client: str, server: str, port: int = 443, action: str = "ACCEPT", size: int = 10, flows: int = 1
) -> tuple[Any, ...]:
    """A row of a result: a day, then a Conversation's fields."""
    return (None, client, server, port, 6, action, flows, flows, size, size, 0, None, None)


def sum_up(rows: Sequence[Sequence[Any]], most: int = WHOLE, top_services: int = 2) -> Traffic:
    sums = TrafficSums(Networks({"a": (A,), "b": (B, C)}).find, top_services)
    for each in rows:
        sums.add(each)
    return sums.read(most)


def test_an_address_is_in_the_smallest_block_that_holds_it() -> None:
    small = parse_block("10.1.2.0/24").block
    networks = Networks({"a": (A,), "b": (B, C)}, [small, B])
    assert networks.find("10.0.0.5") == Network("a", "10.0.0.0/16")
    assert networks.find("10.1.0.9") == networks.find("10.3.0.9") == Network("b", "10.1.0.0/16 and 1 more")
    assert networks.find("10.1.2.9") == Network("10.1.2.0/24", "in b")


def test_a_part_of_a_24_is_told_from_the_rest_of_it() -> None:
    networks = Networks({"a": (A,), "db": (parse_block("10.0.7.128/25").block,)})
    found = [networks.find(f"10.0.7.{last}").name for last in (0, 127, 128, 255, 128, 127)]
    assert found == ["a", "a", "db", "db", "db", "a"]
    assert networks.find("10.0.7.256") == networks.find("10.0.7.07") == networks.find(".5") == NO_NETWORK


def test_a_block_without_a_name_is_a_network_of_its_own() -> None:
    assert Networks({}, [A]).find("10.0.255.255") == Network("10.0.0.0/16")


def test_of_two_names_of_one_block_the_first_counts() -> None:
    assert Networks({"z": (A,), "y": (A,)}).find("10.0.0.5").name == "y"


def test_addresses_of_no_network_are_rolled_up() -> None:
    networks = Networks({"a": (A,)})
    assert networks.find("198.18.5.9") == Network("198.18.5.0/24", "benchmarking")
    assert networks.find("172.16.5.9") == Network("172.16.5.0/24", "in no registered network")
    assert networks.find("fd00:1:2:3:4:5:6:7") == Network("fd00:1:2:3::/64", "in no registered network")


def test_what_is_no_address_is_no_network() -> None:
    networks = Networks({"a": (A,)})
    assert {networks.find(text) for text in ("-", "", "fe80::1%eth0", "10.0.0", "<!channel>")} == {NO_NETWORK}


def test_a_link_has_what_was_accepted_and_how_often_it_was_rejected() -> None:
    (link,) = sum_up(
        [
            row("10.0.0.5", "10.1.0.9", 443, size=100),
            row("10.0.0.6", "10.1.0.9", 22, size=900),
            row("10.0.0.6", "10.3.0.9", 5432, size=50),
            row("10.0.0.7", "10.1.0.9", 23, "REJECT", size=5_000, flows=7),
        ]
    ).links
    assert link == Link(
        Network("a", "10.0.0.0/16"),
        Network("b", "10.1.0.0/16 and 1 more"),
        is_accepted=True,
        accepted_bytes=1_050,
        rejected_flows=7,
        services=((22, 6), (443, 6)),
        service_count=3,
    )


def test_services_of_what_was_only_rejected_are_those_that_were_tried() -> None:
    (link,) = sum_up([row("10.0.0.5", "10.1.0.9", 23, "REJECT", size=60, flows=7)]).links
    assert not link.is_accepted
    assert (link.accepted_bytes, link.services) == (0, ((23, 6),))


def test_accepted_traffic_comes_before_any_number_of_rejections() -> None:
    traffic = sum_up(
        [
            row("10.0.0.5", "10.1.0.9", action="REJECT", flows=10**9, size=10**12),
            row("10.1.0.5", "10.0.0.9", size=0),
            row("10.1.0.5", "172.16.0.9", size=5),
            row("10.1.0.5", "172.16.1.9", action="REJECT"),
        ],
        most=2,
    )
    assert [link.server.name for link in traffic.links] == ["172.16.0.0/24", "a"]
    assert (traffic.left_out, traffic.left_out_rejected, traffic.left_out_bytes) == (2, 2, 0)


def test_memory_is_bounded_and_bytes_are_not_lost() -> None:
    """Each pair of so many /24 is a link of its own."""
    rows = [row(f"172.{n >> 8}.{n & 255}.5", "10.1.0.9", size=1) for n in range(20_100)]
    traffic = sum_up(rows, most=8)
    assert traffic.has_more
    assert traffic.left_out == 20_000 - 8
    assert traffic.left_out_bytes == 20_100 - 8


ADDRESSES = st.sampled_from(
    ["10.0.0.5", "10.1.0.9", "10.2.0.1", "10.3.9.9", "172.16.0.1", "172.16.0.2", "fd00::1", "fd00::2", "-"]
)
ROWS = st.lists(
    st.builds(
        row,
        ADDRESSES,
        ADDRESSES,
        st.sampled_from([22, 443, 50_000]),
        st.sampled_from(["ACCEPT", "REJECT"]),
        st.integers(0, 2**40),
        st.integers(1, 2**20),
    ),
    max_size=40,
)


@given(ROWS, st.integers(0, 5))
def test_sums_of_all_links_are_those_of_the_conversations(rows: list[tuple[Any, ...]], most: int) -> None:
    accepted: Counter[str] = Counter()
    for each in rows:
        accepted[each[5]] += each[8]
    rejected = sum(each[6] for each in rows if each[5] == "REJECT")
    whole, part = sum_up(rows), sum_up(rows, most)
    assert sum(link.accepted_bytes for link in whole.links) == accepted["ACCEPT"]
    assert sum(link.rejected_flows for link in whole.links) == rejected
    assert sum(link.accepted_bytes for link in part.links) + part.left_out_bytes == accepted["ACCEPT"]
    assert len(part.links) + part.left_out == len(whole.links)
    assert part.links == whole.links[:most]


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_order_of_the_rows_changes_nothing(rows: tuple[list[Any], list[Any]]) -> None:
    assert sum_up(rows[0]) == sum_up(rows[1])
