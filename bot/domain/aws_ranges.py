"""AWS's public address ranges, as its ip-ranges.json tells them.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.prefixes import NamedPrefixes

_CREATED = "%Y-%m-%d-%H-%M-%S"
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")
_VAGUE = ("EC2", "AMAZON")
"""What AWS writes besides the service itself; of a prefix, the later one says the least."""


@dataclass(frozen=True)
class AwsRanges:
    """What AWS calls its prefixes, e.g. `S3 eu-central-1`, and since when (UTC) it has said so."""

    created: datetime
    prefixes: NamedPrefixes


def parse_aws_ranges(text: str | bytes) -> AwsRanges:
    """The ranges of an ip-ranges.json. Raises ValueError for everything else.

    An entry whose service or region is no word is passed over. Of a prefix with several services, EC2 and
    AMAZON (which is every service) count only where nothing else is said; what is still several stands side
    by side, for each of them is true.
    """
    try:
        found = json.loads(text)
        created = datetime.strptime(found["createDate"], _CREATED).replace(tzinfo=UTC)
        said = defaultdict(set)
        for cidr, service, region in _list_entries(found):
            said[cidr].add((service, region))
        prefixes = NamedPrefixes((cidr, _name(all_said)) for cidr, all_said in said.items())
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is no ip-ranges.json") from error
    if not said:
        raise ValueError("it holds no prefix")
    return AwsRanges(created, prefixes)


def _list_entries(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    entries = [(each["ip_prefix"], each) for each in found["prefixes"]]
    entries += [(each["ipv6_prefix"], each) for each in found.get("ipv6_prefixes", ())]
    for cidr, each in entries:
        service, region = each["service"], each["region"]
        if _WORD.fullmatch(service) and _WORD.fullmatch(region):
            yield cidr, service, region


def _name(said: set[tuple[str, str]]) -> str:
    least = min(map(_rank, said))
    kept = [each for each in said if _rank(each) == least]
    services, regions = zip(*kept, strict=True)
    return f"{'/'.join(sorted(set(services)))} {'/'.join(sorted(set(regions)))}"


def _rank(said: tuple[str, str]) -> int:
    return _VAGUE.index(said[0]) + 1 if said[0] in _VAGUE else 0
