"""Each kind of broken log file, and what the answer says of it.

A broken file stands beside a whole one in the same day, and the question is about a block that nobody talks
to: without the broken file the verdict is `unused`. Whatever cannot be read must be named, and then the
verdict must not be `unused` any more; whatever can be read must be counted.
"""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import fs, parquet

from bot.adapters.flowlog_layout import find_log_files
from bot.adapters.flowlog_reader import FlowLogReader
from bot.domain.coverage import Problem
from bot.domain.flowlog import NEEDED
from bot.domain.verdict import Code
from tests.adapters.logs import (
    DASHES,
    DAY,
    HEADER,
    NOON,
    VALUES,
    ask,
    line,
    name_file,
    place_plain,
    put,
    put_lines,
    question,
    render,
    status_line,
    window,
)

THREE = [line(), line(srcport=40001), line(srcport=40002)]
WHOLE = gzip.compress(render(*THREE), mtime=0)
STAMP = "2026-11-14T12:00:00.000Z"
ALB = (
    "h2 2026-11-14T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000 "
    '0.000 0.002 0.000 200 200 5 257 "GET https://10.0.2.105:773/ HTTP/2.0" "curl/7.46.0" - -'
)
TGW = (
    "version resource-type account-id tgw-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end log-status"
)
LACKS_ALL_BUT_ADDRESSES = (
    "it lacks interface-id, srcport, dstport, protocol, packets, bytes, start, end, action, log-status: "
    "without interface-id, a flow that both its ends logged cannot be told from two flows"
)


@dataclass(frozen=True)
class Case:
    """A file's bytes, what the answer says of it (nothing, if it is whole), and its records that count."""

    kind: str
    data: bytes
    reason: str = ""
    read: int = 0


def flip_bit(data: bytes, index: int) -> bytes:
    """The bytes with one bit turned over."""
    return data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]


def compress(text: str | bytes) -> bytes:
    """A gzip file of a text."""
    return gzip.compress(text.encode() if isinstance(text, str) else text)


def without(column: str) -> bytes:
    """A file whose format has not got a column."""
    header = " ".join(name for name in HEADER.split() if name != column)
    return compress(render(line(header), header=header))


def parquet_of(columns: dict[str, object], **options: object) -> bytes:
    """A Parquet file of columns."""
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def columns_of(*records: str, texts: bool = False) -> dict[str, object]:
    """AWS's own Parquet columns of some lines; or all of them as texts, a dash written as `None`."""
    names = [name.replace("-", "_") for name in HEADER.split()]
    rows = [dict(zip(names, record.split(), strict=True)) for record in records]
    if texts:
        return {name: ["None" if row[name] == "-" else row[name] for row in rows] for name in names}
    whole = {"version", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end"}
    return {
        name: pa.array([None if row[name] == "-" else int(row[name]) for row in rows], pa.int64())
        if name in whole
        else [row[name] for row in rows]
        for name in names
    }


AS_AWS = columns_of(*THREE, status_line("NODATA"))


def gzip_cases() -> Iterator[Case]:
    cut = compress(render(*THREE))
    yield Case("gzip cut before its trailer", cut[:-8], "its gzip data ends too early", 3)
    yield Case("gzip cut in its trailer", cut[:-1], "its gzip data ends too early", 3)
    yield Case("gzip cut in its header", cut[:5], "its gzip data ends too early")
    yield Case("gzip with a wrong checksum", flip_bit(cut, -8), "its gzip data is damaged")
    yield Case("gzip with a wrong length", flip_bit(cut, -4), "its gzip data is damaged")
    yield Case("gzip with a flipped first block", flip_bit(cut, 10), "its gzip data is damaged")
    yield Case("empty file", b"", "it is empty")
    yield Case("empty gzip", compress(b""), "it is empty")
    members = compress(HEADER + "\n" + THREE[0][:20]) + compress(THREE[0][20:] + "\n" + THREE[1] + "\n")
    yield Case("gzip of two members, cut within a line", members, read=2)
    yield Case("gzip of two members, the second cut", members[:-4], "its gzip data ends too early", 2)
    yield Case("gzip padded with zeros", cut + b"\0" * 600_000, read=3)
    yield Case("gzip with padding between its members", cut + b"\0" * 9 + compress(THREE[0]), read=4)
    yield Case("gzip followed by garbage", cut + b"garbage", "its gzip data is damaged", 3)
    yield Case("plain text", render(*THREE), read=3)


def foreign_cases() -> Iterator[Case]:
    reason = "it is not a flow log"
    yield Case("prose", b"this is not a log\n" * 9, reason)
    yield Case("random bytes", bytes(range(256)) * 40, reason)
    yield Case("gzip of random bytes", compress(bytes(range(255, -1, -1)) * 40), reason)
    yield Case("JSON", json.dumps({"start": "version"}).encode(), reason)
    yield Case("CloudTrail", compress(json.dumps({"Records": [{"eventVersion": "1.08"}]})), reason)
    yield Case("ALB log", compress(ALB + "\n"), reason)
    yield Case("CSV", compress(HEADER.replace(" ", ",") + "\n" + THREE[0].replace(" ", ",")), reason)
    yield Case("UTF-16", "\n".join([HEADER, *THREE]).encode("utf-16"), reason)
    yield Case("blank lines only", b"\n \n\r\n", "it is empty")
    yield Case("zeros", b"\0" * 5000, reason)


def header_cases() -> Iterator[Case]:
    yield Case("header only", compress(HEADER + "\n"))
    yield Case("header only, no newline", compress(HEADER))
    yield Case("column named twice", compress(render(header=HEADER + " bytes")), "it names a column twice")
    yield Case("upper-case header", compress(render(*THREE, header=HEADER.upper())), read=3)
    yield Case("header with underscores", compress(render(*THREE, header=HEADER.replace("-", "_"))), read=3)
    yield Case("header repeated", compress(render(THREE[0], HEADER, *THREE[1:])), read=3)
    yield Case("upper-case header repeated", compress(render(THREE[0], HEADER.upper(), *THREE[1:])), read=3)
    other = " ".join(sorted(HEADER.split()))
    yield Case("other order from the middle on", compress(render(*THREE, other, line(other))), read=4)
    more = HEADER + " vpc-id"
    yield Case("longer header from the middle on", compress(render(*THREE, more, line(more))), read=4)
    less = HEADER.replace(" bytes", "")
    reason = "from its second header on, it lacks bytes: without bytes, bytes cannot be counted"
    yield Case("shorter header from the middle on", compress(render(*THREE, less, line(less))), reason, 3)
    twice = "from its second header on, it names a column twice"
    yield Case("second header names a column twice", compress(render(THREE[0], HEADER + " bytes")), twice, 1)
    yield Case("no header", compress("\n".join(THREE)), read=3)
    yield Case("no header, NODATA first", compress("\n".join([status_line("NODATA"), *THREE])), read=4)
    stamped = "\n".join(f"{STAMP} {record}" for record in THREE)
    yield Case("CloudWatch export", compress(stamped), read=3)
    yield Case("addresses only", compress("srcaddr dstaddr\n10.0.0.1 10.0.0.2\n"), LACKS_ALL_BUT_ADDRESSES)
    tgw = f"it lacks interface-id, action: without interface-id, {NEEDED['interface_id']}"
    yield Case("transit gateway log", compress(render(header=TGW)), tgw)
    unknown = HEADER + " a-field-of-2030"
    yield Case("unknown column", compress(render(line(unknown), header=unknown)), read=1)
    for name, loss in NEEDED.items():
        dashed = name.replace("_", "-")
        yield Case(f"no {dashed}", without(dashed), f"it lacks {dashed}: without {dashed}, {loss}")


def space_cases() -> Iterator[Case]:
    text = render(*THREE).decode()
    yield Case("blank lines", compress(text.replace("\n", "\n\n")), read=3)
    yield Case("blank lines first", compress("\n \r\n" + text), read=3)
    yield Case("trailing spaces", compress(text.replace("\n", "  \n")), read=3)
    yield Case("trailing space at the end", compress(text.rstrip() + " "), read=3)
    yield Case("leading spaces", compress(text.replace("\n", "\n ")), read=3)
    yield Case("doubled spaces", compress(text.replace(" ", "  ")), read=3)
    yield Case("tabs", compress(text.replace(" ", "\t")), read=3)
    yield Case("one tab", compress(text.replace(" 443 ", "\t443 ")), read=3)
    yield Case("no final newline", compress(text.rstrip()), read=3)
    yield Case("BOM", compress("\ufeff" + text), read=3)
    yield Case("BOM and no header", compress("\ufeff" + "\n".join(THREE)), read=3)
    yield Case("BOM within", compress(text + "\ufeff" + text), read=6)
    yield Case("CRLF", compress(text.replace("\n", "\r\n")), read=3)
    yield Case("CR before CRLF", compress(text.replace("\n", "\r\r\n")), read=3)
    yield Case("space before CRLF", compress(text.replace("\n", " \r\n")), read=3)


def line_cases() -> Iterator[Case]:
    def one_bad(kind: str, *bad: str) -> Case:
        count = "1 line" if len(bad) == 1 else f"{len(bad)} lines"
        return Case(kind, compress(render(*THREE[:2], *bad, THREE[2])), f"{count} in it cannot be read", 3)

    yield Case("last line cut", compress(render(*THREE)[:-30]), "1 line in it cannot be read", 2)
    yield one_bad("one word too few", line().rpartition(" ")[0])
    yield one_bad("one word too many", line() + " OK")
    yield one_bad("a doubled space where a word is gone", line().replace(" 443 ", "  "))
    yield one_bad("text where a number is due", line(srcport="https"))
    yield one_bad("a number in hexadecimal", line(srcport="0x1g"))
    yield one_bad("a number with an underscore", line(bytes="1_000"))
    yield one_bad("a fraction", line(bytes="1.5"))
    yield one_bad("numbers out of range", *(line(**{name: 2**63}) for name in ("srcport", "bytes", "start")))
    yield one_bad("ports that are none", line(srcport=65536), line(dstport=65536))
    yield one_bad("protocol that is none", line(protocol=256))
    yield one_bad("bytes beyond belief", line(bytes=2**50 + 1), line(packets=2**62))
    yield one_bad("milliseconds", line(start=NOON * 1000, end=NOON * 1000))
    yield one_bad(
        "negative numbers", *(line(**{name: -1}) for name in ("srcport", "bytes", "packets", "end"))
    )
    yield one_bad("an address stored as a number", line(srcaddr=167772161))
    yield one_bad("an address with a length", line(srcaddr="192.0.2.7/32"))
    yield one_bad("an address with a port", line(dstaddr="192.0.2.7:443"))
    yield one_bad("an action of no name", line(action="accept"))
    yield one_bad("OK without its values", *(line(**{name: "-"}) for name in (*DASHES, "start", "end")))
    yield one_bad("quotes", line().replace("ACCEPT", '"ACCEPT"'))
    yield Case(
        "numbers at their limits", compress(render(line(srcport=65535, protocol=255, bytes=2**50))), read=1
    )
    yield Case("status rows with odd values", compress(render(line(log_status="NODATA", bytes=-1))), read=1)
    utf8 = render(*THREE).replace(b"10.0.0.151", b"10.0.0.\xff", 1)
    yield Case("bytes that are not UTF-8", compress(utf8), "1 line in it cannot be read", 2)
    unread = render(*THREE).replace(b"\n2 ", b"\n\xff ", 1)
    yield Case("not UTF-8 where nobody reads", compress(unread), read=3)


def parquet_cases() -> Iterator[Case]:
    whole = parquet_of(AS_AWS)
    yield Case("Parquet as AWS writes it", whole, read=4)
    yield Case(
        "Parquet with dashes in its names",
        parquet_of({k.replace("_", "-"): v for k, v in AS_AWS.items()}),
        read=4,
    )
    yield Case("Parquet cut", whole[:-100], "its Parquet data is damaged")
    yield Case("Parquet of four bytes", b"PAR1", "its Parquet data is damaged")
    texts = columns_of(*THREE, status_line("NODATA"), texts=True)
    yield Case("Parquet of texts, None for missing", parquet_of(texts), read=4)
    fractions = {**texts, "bytes": ["1000.0", "1000.0", "1000.0", "None"]}
    yield Case("Parquet of texts of doubles", parquet_of(fractions), read=4)
    doubles = {**AS_AWS, "bytes": pa.array([1000.0, 1000.0, 1000.0, None])}
    yield Case("Parquet doubles with nulls", parquet_of(doubles), read=4)
    nans = {**AS_AWS, "bytes": pa.array([1000.0, float("nan"), float("inf"), 0.5])}
    yield Case("Parquet doubles that are no numbers", parquet_of(nans), "2 records in it cannot be read", 2)
    coded = {name: pa.array(values).dictionary_encode() for name, values in texts.items()}
    yield Case("Parquet dictionaries", parquet_of(coded), read=4)
    binary = {name: pa.array(values).cast(pa.binary()) for name, values in texts.items()}
    yield Case("Parquet bytes for texts", parquet_of(binary), read=4)
    narrow = {**AS_AWS, "srcport": pa.array([40000, 40001, 40002, None], pa.int32())}
    yield Case("Parquet int32", parquet_of(narrow), read=4)
    unsigned = {**AS_AWS, "bytes": pa.array([2**64 - 1, 5, 5, None], pa.uint64())}
    yield Case("Parquet beyond int64", parquet_of(unsigned), "3 records in it cannot be read", 1)
    times = {**AS_AWS, "start": pa.array([NOON * 10**6] * 4, pa.timestamp("us"))}
    yield Case("Parquet timestamps", parquet_of(times), read=4)
    lists = {**AS_AWS, "bytes": pa.array([[1], [2], [3], None])}
    yield Case("Parquet lists", parquet_of(lists), "3 records in it cannot be read", 1)
    numbers = {**AS_AWS, "srcaddr": pa.array([167772161] * 4)}
    yield Case("Parquet addresses as numbers", parquet_of(numbers), "3 records in it cannot be read", 1)
    padded = {**AS_AWS, "dstaddr": [f"{text:15}" for text in AS_AWS["dstaddr"]]}
    yield Case("Parquet addresses with spaces", parquet_of(padded), "3 records in it cannot be read", 1)
    yield Case("Parquet extra columns", parquet_of({**AS_AWS, "vpc_id": ["vpc-0"] * 4}), read=4)
    yield Case(
        "Parquet twice a column", parquet_of({**AS_AWS, "Bytes": AS_AWS["bytes"]}), "it names a column twice"
    )
    yield Case("Parquet of no rows", parquet_of({name: pa.array(v)[:0] for name, v in AS_AWS.items()}))
    less = {name: values for name, values in AS_AWS.items() if name != "log_status"}
    reason = "it lacks log-status: without log-status, lost records (SKIPDATA) cannot be told from none"
    yield Case("Parquet lacks a column", parquet_of(less), reason)
    plain = parquet_of(
        AS_AWS, compression="none", use_dictionary=False, write_statistics=False, write_page_checksum=True
    )
    flipped = flip_bit(plain, plain.index(b"10.0.0.151"))
    for name in ("interface_id", "srcaddr", "log_status"):
        bent = pa.array([text.encode() for text in AS_AWS[name][:3]] + [b"\xb0"]).view(pa.string())
        damaged = parquet_of({**AS_AWS, name: bent})
        yield Case(f"Parquet {name} that is no UTF-8", damaged, "a part of its Parquet data is damaged")
    yield Case("Parquet with a flipped bit", flipped, "a part of its Parquet data is damaged")


CASES = [
    *gzip_cases(),
    *foreign_cases(),
    *header_cases(),
    *space_cases(),
    *line_cases(),
    *parquet_cases(),
]


@pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])
def test_answer_names_what_it_could_not_read(case: Case, tmp_path: Path) -> None:
    """One row of the table."""
    logs = tmp_path / "logs"
    put_lines(logs, status_line("NODATA"), name=name_file(unique="whole") + ".log.gz")
    put(logs, case.data)
    answer = ask(tmp_path, logs, question("192.0.2.0/24"))
    file = f"{place_plain()}/{name_file()}.log.gz"
    assert answer.coverage.problems == ((Problem(file, case.reason),) if case.reason else ())
    assert answer.coverage.ok + answer.coverage.nodata == 1 + case.read
    assert answer.verdict.code is (Code.UNKNOWN if case.reason else Code.UNUSED)


def test_kinds_are_told_apart() -> None:
    """A row that was pasted and not renamed would test nothing new."""
    kinds = [case.kind for case in CASES]
    assert len(set(kinds)) == len(kinds) > 80
    assert {f"no {name.replace('_', '-')}" for name in NEEDED} <= set(kinds)


@pytest.mark.parametrize("status", ["ok", "FOO", "-", "O"])
def test_unknown_status_is_no_proof(status: str, tmp_path: Path) -> None:
    """A record of a status that AWS does not have may have been traffic."""
    put_lines(tmp_path / "logs", line(log_status=status), status_line("NODATA"))
    answer = ask(tmp_path, tmp_path / "logs", question("192.0.2.0/24"))
    assert (answer.coverage.strange, answer.coverage.problems, answer.verdict.code) == (1, (), Code.UNKNOWN)


def test_broken_files_do_not_stop_the_others(tmp_path: Path) -> None:
    """Every broken file is named, in order, and the whole one among them still answers."""
    logs = tmp_path / "logs"
    for number, case in enumerate(CASES):
        put(logs, case.data, name=name_file(unique=f"{number:08}") + ".log.gz")
    answer = ask(tmp_path, logs, question())
    assert [problem.reason for problem in answer.coverage.problems] == [c.reason for c in CASES if c.reason]
    assert answer.coverage.ok + answer.coverage.nodata == sum(case.read for case in CASES)
    assert answer.verdict.code is Code.IN_USE


def test_column_types_may_differ_between_files(tmp_path: Path) -> None:
    """int32 here, int64 there, doubles and texts elsewhere: one table all the same."""
    kinds = ["Parquet int32", "Parquet as AWS writes it", "Parquet of texts, None for missing"]
    kinds += ["Parquet doubles with nulls", "plain text"]
    for number, case in enumerate(case for case in CASES if case.kind in kinds):
        put(tmp_path / "logs", case.data, name=name_file(unique=str(number)) + ".log.gz")
    answer = ask(tmp_path, tmp_path / "logs", question())
    assert answer.coverage.problems == ()
    assert (answer.totals.flows, answer.totals.bytes) == (15, 15_000)


def test_day_that_nobody_tells(tmp_path: Path) -> None:
    """A log without a day cannot be placed in a window, and is named instead of being dropped."""
    put(tmp_path / "logs", WHOLE, place="inbox", name="flows.log.gz")
    put(tmp_path / "logs", b"not a log", place="inbox", name="README.md")
    answer = ask(tmp_path, tmp_path / "logs", question())
    reason = "neither its folder nor its name tells its day"
    assert answer.coverage.problems == (Problem("inbox/flows.log.gz", reason),)


def test_folder_named_like_a_log(tmp_path: Path) -> None:
    """A folder is walked, whatever its name."""
    put(tmp_path / "logs", WHOLE, place=f"{place_plain()}/{name_file()}.log.gz", name="part.gz")
    answer = ask(tmp_path, tmp_path / "logs", question())
    assert (answer.coverage.ok, answer.coverage.problems) == (3, ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    put(tmp_path / "logs", WHOLE).chmod(0)
    answer = ask(tmp_path, tmp_path / "logs", question())
    expected = "it cannot be opened or read (Permission denied)"
    assert [problem.reason for problem in answer.coverage.problems] == [expected]


def test_file_that_vanishes_before_it_is_read(tmp_path: Path) -> None:
    """A bucket's lifecycle rule may delete between listing and reading."""
    gone, kept = put(tmp_path, WHOLE), put(tmp_path, WHOLE, name=name_file(unique="kept") + ".log.gz")
    system = fs.LocalFileSystem()
    files = list(find_log_files(system, str(tmp_path), window()))
    gone.unlink()
    reader = FlowLogReader(system, str(tmp_path), files, tuple(NEEDED))
    assert reader.open().read_all().num_rows == 3
    reader.join()
    reason = "it cannot be opened or read (No such file or directory)"
    assert reader.problems == (Problem(gone.relative_to(tmp_path).as_posix(), reason),)
    assert kept.exists()


def test_values_of_the_table_are_what_they_seem() -> None:
    """The rows stand on a line that is itself whole."""
    assert render(line()).decode().split("\n")[1].split() == list(VALUES.values())
    assert f"{DAY:%Y/%m/%d}" in place_plain()
