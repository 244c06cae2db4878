"""The glance at addresses leaves nothing out that a question can be about, and counts all that it leaves out."""

import gzip
from collections import Counter
from ipaddress import IPv4Address, IPv4Network, ip_address
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyarrow import fs

from bot.adapters.flowlog_candidates import list_covers
from bot.adapters.flowlog_layout import find_log_files
from bot.adapters.flowlog_reader import FlowLogReader
from bot.adapters.flowlog_witnesses import EVERYTHING, Sought
from bot.domain.cidr import Block
from bot.domain.flowlog import NEEDED
from tests.adapters.logs import block, line, name_file, put, render, status_line, window

KIND = ("aws_account_id", "aws_region", "day", "log_status")


def read(logs: Path, sought: Sought) -> tuple[list[dict[str, Any]], Counter[tuple[Any, ...]]]:
    """The records that reach the statement, and how many of each kind did not."""
    files = list(find_log_files(fs.LocalFileSystem(), str(logs), window()))
    reader = FlowLogReader(fs.LocalFileSystem(), str(logs), files, tuple(NEEDED), 2, sought)
    records = reader.open().read_all().to_pylist()
    reader.join()
    assert reader.problems == ()
    return records, Counter(reader.others)


def pick(others: Counter[tuple[Any, ...]], column: str) -> Counter[tuple[Any, ...]]:
    """What a scan's coverage gets in a column for the records that were left out, by their kind."""
    return Counter({tuple(kind): number for (*kind, name), number in others.items() if name == column})


def draw_blocks(rng: Random) -> list[IPv4Network]:
    """Blocks of all sizes, few or many, some within the same octets."""
    near = rng.getrandbits(32)
    prefixes = [
        rng.choice([1, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 28, 31, 32])
        for _ in range(rng.choice([1, 1, 2, 5, 12]))
    ]
    addresses = [rng.getrandbits(32) if rng.random() < 0.5 else near ^ rng.getrandbits(9) for _ in prefixes]
    return [
        IPv4Network((address, prefix), strict=False)
        for address, prefix in zip(addresses, prefixes, strict=True)
    ]


def draw_address(rng: Random, networks: list[IPv4Network]) -> str:
    """Anywhere, in one of the blocks, or right beside one: where a glance would err."""
    network = rng.choice(networks)
    first, last = int(network.network_address), int(network.broadcast_address)
    number = rng.choice([rng.getrandbits(32), rng.randint(first, last), first - 1, last + 1, first, last])
    if rng.random() < 0.05:
        return "2001:db8::" + f"{rng.getrandbits(16):x}"
    return str(IPv4Address(number % 2**32))


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_can_match_is_left_out(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)  # noqa: S311 - repeatable, not secret
    networks, home = draw_blocks(rng), draw_blocks(rng)
    write_random(rng, tmp_path, networks)
    everything, none = read(tmp_path, EVERYTHING)
    given, others = read(tmp_path, Sought(to_blocks(networks), to_blocks(home)))
    assert none == Counter()
    expected = Counter(repr(record) for record in everything if can_match(record, networks))
    assert not expected - Counter(map(repr, given))
    assert count_kinds(given) + pick(others, "records") == count_kinds(everything)
    witnesses = [record for record in everything if is_witness(record, networks, home)]
    seen = [record for record in given if is_witness(record, networks, home)]
    assert count_kinds(seen) + pick(others, "witnesses") == count_kinds(witnesses)
    assert count_kinds(accepted(seen)) + pick(others, "accepted_witnesses") == count_kinds(
        accepted(witnesses)
    )


def to_blocks(networks: list[IPv4Network]) -> tuple[Block, ...]:
    return tuple(Block(int(each.network_address), each.prefixlen) for each in networks)


def is_witness(record: dict[str, Any], networks: list[IPv4Network], home: list[IPv4Network]) -> bool:
    return record["log_status"] == "OK" and can_match(record, [*networks, *home])


def accepted(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["action"] == "ACCEPT"]


def write_random(rng: Random, root: Path, networks: list[IPv4Network]) -> None:
    """Files of records in the networks, beside them and far from them, with some that are no traffic."""
    for number in range(3):
        lines = [
            line(
                srcaddr=draw_address(rng, networks),
                dstaddr=draw_address(rng, networks),
                srcport=n,
                action=rng.choice(["ACCEPT", "REJECT"]),
            )
            for n in range(200)
        ]
        # Far from most of the blocks, so that there is something to leave out.
        lines += [line(srcaddr=f"{rng.randint(1, 223)}.1.2.3", dstaddr="203.0.113.7") for _ in range(900)]
        lines += [status_line(rng.choice(["NODATA", "SKIPDATA"])) for _ in range(20)]
        rng.shuffle(lines)
        ending = rng.choice([b"\n", b"\r\n"])
        content = render(*lines).replace(b"\n", ending).removesuffix(rng.choice([b"", ending]))
        put(root, gzip.compress(content), name=name_file(unique=f"{number:08x}") + ".log.gz")


def can_match(record: dict[str, Any], networks: list[IPv4Network]) -> bool:
    ends = [ip_address(record[name]) for name in ("srcaddr", "dstaddr") if record[name]]
    return any(end in network for end in ends for network in networks)


def count_kinds(records: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(record[name] for name in KIND) for record in records)


def test_records_elsewhere_are_counted_and_not_given(tmp_path: Path) -> None:
    """Or else the glance would save nothing."""
    put(tmp_path, gzip.compress(render(*[line(srcaddr="203.0.113.7", dstaddr="203.0.113.8")] * 100, line())))
    given, others = read(tmp_path, Sought((block("10.1.0.0/16"),)))
    assert sorted(str(record["dstaddr"]) for record in given) == ["10.1.0.123", "None"]
    assert sum(others.values()) == 99


def test_how_many_are_counted_for_a_network_that_nothing_is_asked_of_alone(tmp_path: Path) -> None:
    far = [
        line(srcaddr="203.0.113.7", dstaddr="10.9.16.7", action="REJECT"),
        line(srcaddr="10.9.31.255", dstaddr="::1"),
    ]
    beside = [line(srcaddr="10.9.15.255", dstaddr="10.9.32.0"), line(srcaddr="10.9.16", dstaddr="10.9.016.1")]
    put(tmp_path, gzip.compress(render(*(far + beside) * 10, line(), status_line("NODATA"))))
    for home, numbers in {"10.9.16.0/20": (20, 10), "10.90.16.0/20": (0, 0)}.items():
        _, others = read(tmp_path, Sought((block("10.1.0.0/16"),), (block(home),)))
        columns = ("witnesses", "accepted_witnesses")
        assert tuple(sum(pick(others, column).values()) for column in columns) == numbers


@pytest.mark.parametrize(
    ("blocks", "covers"),
    [
        (["10.1.0.0/16"], ["10.1.0.0/16"]),
        (["10.1.2.0/24", "10.1.3.0/25"], ["10.1.2.0/24", "10.1.3.0/24"]),
        (["10.32.0.0/12"], ["10.0.0.0/8"]),
        ([f"10.1.{n}.0/24" for n in range(9)], ["10.1.0.0/16"]),
        ([f"{n}.1.0.0/16" for n in range(9)], []),
    ],
)
def test_covers_are_few_and_of_whole_octets(blocks: list[str], covers: list[str]) -> None:
    assert [str(cover) for cover in list_covers([block(text) for text in blocks])] == covers
