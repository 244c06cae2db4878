"""What the demo's answers rest on: each scenario has something to say, and says it at first glance."""

import datetime as dt
import functools
import ipaddress
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

Row = dict[str, str]
Conversation = tuple[str, str, int]

LAST_DAY = dt.date(2026, 11, 14)
A, B, C, D, UNSEEN = (ipaddress.ip_network(f"10.{number}.0.0/16") for number in (0, 1, 2, 3, 9))


@functools.cache
def contains(block: ipaddress.IPv4Network, address: str) -> bool:
    return ipaddress.ip_address(address) in block


def is_in(row: Row, end: str, block: ipaddress.IPv4Network) -> bool:
    return contains(block, row[end])


def touches(row: Row, block: ipaddress.IPv4Network) -> bool:
    return is_in(row, "srcaddr", block) or is_in(row, "dstaddr", block)


SCENARIOS: dict[str, Callable[[Row], bool]] = {
    "external": lambda row: is_in(row, "srcaddr", A) != is_in(row, "dstaddr", A),
    "peering": lambda row: touches(row, B),
    "inadvertent": lambda row: touches(row, C),
    "internal": lambda row: is_in(row, "srcaddr", A) and is_in(row, "dstaddr", A),
    "incoming": lambda row: is_in(row, "srcaddr", B),
}


def find_ok(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["log-status"] == "OK"]


def find_day(row: Row) -> dt.date:
    return dt.datetime.fromtimestamp(int(row["start"]), dt.UTC).date()


def find_conversation(row: Row) -> Conversation:
    source, target = (int(row["srcport"]), row["srcaddr"]), (int(row["dstport"]), row["dstaddr"])
    server, client = min(source, target), max(source, target)
    return client[1], server[1], server[0]


def rank_talkers(rows: list[Row]) -> list[Conversation]:
    """Rank accepted conversations by bytes, of each flow only the interface that saw most of it."""
    seen: defaultdict[tuple[Conversation, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["action"] == "ACCEPT":
            seen[find_conversation(row), row["srcaddr"]][row["interface-id"]] += int(row["bytes"])
    totals: Counter[Conversation] = Counter()
    for (conversation, _), by_interface in seen.items():
        totals[conversation] += max(by_interface.values())
    return [conversation for conversation, _ in totals.most_common()]


@pytest.mark.parametrize(
    ("scenario", "leaders"),
    [
        ("external", [("203.0.113.10", "10.0.1.20", 443), ("10.0.0.151", "10.1.0.123", 5432)]),
        ("peering", [("10.0.0.151", "10.1.0.123", 5432), ("10.0.0.175", "10.1.0.200", 873)]),
        ("inadvertent", [("10.2.0.146", "10.0.0.151", port) for port in (445, 8080, 22)]),
        ("internal", [("10.0.0.151", "10.0.0.175", 5201)]),
        ("incoming", [("10.0.0.151", "10.1.0.123", 5432)]),
    ],
)
def test_each_scenario_has_its_leading_talkers(
    fortnight: list[Row], scenario: str, leaders: list[Conversation]
) -> None:
    """A demo whose first row is not the point of the story tells none."""
    rows = [row for row in find_ok(fortnight) if SCENARIOS[scenario](row)]
    assert rank_talkers(rows)[: len(leaders)] == leaders


@pytest.mark.parametrize("scenario", ["external", "peering", "internal", "inadvertent", "incoming"])
def test_each_scenario_has_something_to_say_on_every_day(fortnight: list[Row], scenario: str) -> None:
    """The chart has no hole, and days=1 is answered too, on weekends as well."""
    rows = [row for row in find_ok(fortnight) if SCENARIOS[scenario](row) and row["action"] == "ACCEPT"]
    assert len({find_day(row) for row in rows}) == 14


def test_inside_the_vpc_both_ends_are_logged_and_agree(fortnight: list[Row]) -> None:
    """Only then does removing the double count have something to remove, and a right answer."""
    sums: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in find_ok(fortnight):
        if row["dstport"] == "5201" or row["srcport"] == "5201":
            flow = tuple(row[name] for name in ("srcaddr", "dstaddr", "srcport", "dstport"))
            sums[flow][row["interface-id"]] += int(row["bytes"])
    assert len(sums) > 2 * 14
    for by_interface in sums.values():
        assert len(by_interface) == 2
        assert len(set(by_interface.values())) == 1


def test_both_directions_of_an_accepted_connection_are_logged(fortnight: list[Row]) -> None:
    """A reply is a record of its own; bytes_to_client depends on it. Where records were lost, it may lack."""
    lossy = {row["interface-id"] for row in fortnight if row["log-status"] == "SKIPDATA"}
    ends = ("srcaddr", "srcport", "dstaddr", "dstport", "interface-id")
    flows = {
        tuple(row[name] for name in ends)
        for row in find_ok(fortnight)
        if row["action"] == "ACCEPT" and row["interface-id"] not in lossy
    }
    assert len(flows) > 10_000
    assert all((c, d, a, b, interface) in flows for a, b, c, d, interface in flows)


def test_every_record_has_an_end_inside_the_vpc(fortnight: list[Row]) -> None:
    """The log is VPC-A's; one-block questions are only right because of that."""
    home = (A, ipaddress.ip_network("2001:db8:a::/56"))
    for row in find_ok(fortnight):
        ends = [ipaddress.ip_address(row[name]) for name in ("srcaddr", "dstaddr")]
        assert any(end in block for end in ends for block in home)


def test_a_service_of_the_peer_was_last_seen_six_days_ago(fortnight: list[Row]) -> None:
    days = {find_day(row) for row in find_ok(fortnight) if "10.1.0.88" in (row["srcaddr"], row["dstaddr"])}
    assert max(days) == LAST_DAY - dt.timedelta(days=6)
    assert len(days) == 8


def test_vpc_d_only_ever_tries(fortnight: list[Row]) -> None:
    """The verdict attempts_only needs a block that was never let in."""
    assert {row["action"] for row in find_ok(fortnight) if touches(row, D)} == {"REJECT"}


def test_one_block_appears_nowhere_and_the_last_five_days_prove_it(fortnight: list[Row]) -> None:
    """The verdict unused needs a silent block and a window in which nothing was lost."""
    assert not [row for row in find_ok(fortnight) if touches(row, UNSEEN)]
    lost = {find_day(row) for row in fortnight if row["log-status"] == "SKIPDATA"}
    assert len(lost) == 2
    assert max(lost) < LAST_DAY - dt.timedelta(days=5)


def test_the_logs_hold_what_real_ones_hold(fortnight: list[Row]) -> None:
    """Protocols, statuses, IPv6, rejected scans: what the engine meets on AWS, it meets in the demo."""
    rows = find_ok(fortnight)
    assert {row["protocol"] for row in rows} == {"1", "6", "17", "58"}
    assert {row["log-status"] for row in fortnight} == {"OK", "NODATA", "SKIPDATA"}
    assert any(":" in row["srcaddr"] for row in rows)
    scans = [row for row in rows if row["action"] == "REJECT" and row["srcaddr"].startswith("192.0.2.")]
    assert {row["dstport"] for row in scans} == {"22", "23", "445", "3389"}


def test_counters_are_plausible(fortnight: list[Row]) -> None:
    """No empty record, no packet larger than a jumbo frame, no interval beyond ten minutes."""
    for row in find_ok(fortnight):
        packets, size = int(row["packets"]), int(row["bytes"])
        assert packets > 0
        assert 20 <= size / packets <= 9001
        assert 0 <= int(row["end"]) - int(row["start"]) < 600


def test_weekends_are_quiet(fortnight: list[Row]) -> None:
    per_day = Counter(find_day(row) for row in find_ok(fortnight) if touches(row, B))
    weekend = [count for day, count in per_day.items() if day.weekday() >= 5]
    assert max(weekend) * 2 < min(count for day, count in per_day.items() if day.weekday() < 5)


def test_the_size_stays_what_a_laptop_scans_at_once(fortnight: list[Row]) -> None:
    assert 150_000 <= len(fortnight) <= 300_000
