"""The top ten talkers between two /16 networks, by a loop over flowlogs-reader's records."""

import gzip
import sys
from collections import Counter
from pathlib import Path

from flowlogs_reader import FlowRecord


def main(logs: str) -> None:
    totals: Counter[tuple[str, str, int, int, str]] = Counter()
    for path in Path(logs).rglob("*.log.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            names = [name.replace("-", "_") for name in next(file).split()]
            for line in file:
                count(FlowRecord(dict(zip(names, line.split(), strict=True))), totals)
    for key, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:10]:
        print(*key, total, sep="\t")


def count(record: FlowRecord, totals: Counter[tuple[str, str, int, int, str]]) -> None:
    source, target = record.srcaddr or "-", record.dstaddr or "-"
    if record.log_status != "OK" or {source[:5], target[:5]} != {"10.0.", "10.1."}:
        return
    ends = (target, source) if record.srcport < record.dstport else (source, target)
    totals[(*ends, min(record.srcport, record.dstport), record.protocol, record.action)] += record.bytes


if __name__ == "__main__":
    main(*sys.argv[1:])
