"""The compiled reader of lines: it gives what the reader of single lines gives, or nothing, and stays in its memory."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import flowlog_lines
from bot.adapters.flowlog_lines import LIBRARY, LineReader, load
from bot.adapters.flowlog_text import TextReader, Workbench
from bot.adapters.flowlog_values import choose_text_type, drop_senseless
from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, LOG_STATUSES, SCANNED
from tests.adapters.logs import DASHES, HEADER, NOON, VALUES, line, list_records, status_line

DEFAULT = tuple(HEADER.replace("-", "_").split())
FORMATS = [DEFAULT, tuple(FIELDS), tuple(reversed(FIELDS)), ("timestamp", *DEFAULT_FORMAT)]
WANTED = [SCANNED, tuple(FIELDS)]

ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.sampled_from(["1.1.1.1", "255.255.255.255", "::", "::ffff:10.0.0.1", "2001:DB8::A"]),
)
MOST = {
    "srcport": 65_535,
    "dstport": 65_535,
    "protocol": 255,
    "packets": 2**50,
    "bytes": 2**50,
    "traffic_path": 99,
}
WORDS = st.text("abcXYZ019-_:/.é", min_size=1, max_size=40).filter(lambda word: word.isascii())
CLEAN = {
    "srcaddr": ADDRESSES,
    "dstaddr": ADDRESSES,
    "action": st.sampled_from(["ACCEPT", "REJECT"]),
    "start": st.integers(0, 2**32 - 1).map(str),
    "end": st.integers(0, 2**32 - 1).map(str),
    **{name: st.integers(0, most).map(str) for name, most in MOST.items()},
}
NUMBERS = [name for name, type_ in FIELDS.items() if type_.name != "STRING" and name not in CLEAN]
CLEAN |= {name: st.integers(0, 2**31 - 1).map(str) for name in NUMBERS}
ODD = [
    "",
    " ",
    "-",
    "\t",
    "\r",
    "\0",
    "é",
    "00",
    "-1",
    "+1",
    "1.0",
    "OK",
    "65536",
    str(2**32),
    "9" * 17,
    str(2**64),
    "::1:",
    "x",
]


def read(fields: Sequence[str], text: bytes, wanted: Sequence[str] = SCANNED) -> pa.RecordBatch | None:
    return LineReader(fields, {name: choose_text_type(name) for name in wanted}).read(text)


def read_singly(fields: Sequence[str], text: bytes, wanted: Sequence[str]) -> list[dict[str, object]] | None:
    """What is read without anything compiled, line by line; None where any line is bad."""
    reader = TextReader(Workbench(wanted))
    reader._use(tuple(fields))
    batches = [drop_senseless(batch) for batch in reader._parse_lines(text)]
    if reader._bad_lines or any(dropped for _, dropped in batches):
        return None
    return [record for batch, _ in batches for record in list_records(batch)]


@st.composite
def clean_lines(draw: st.DrawFn, fields: Sequence[str]) -> list[list[str]]:
    """Records as AWS writes them, some without traffic."""
    records = []
    for _ in range(draw(st.integers(1, 12))):
        status = draw(st.sampled_from(LOG_STATUSES))
        is_ok = status == "OK"
        records.append(
            [
                status
                if name == "log_status"
                else draw(CLEAN.get(name, WORDS))
                if is_ok or draw(st.booleans())
                else "-"
                for name in fields
            ]
        )
    return records


def join(records: Sequence[Sequence[str]]) -> bytes:
    return "".join(" ".join(words) + "\n" for words in records).encode()


def test_it_is_compiled() -> None:
    assert load(LIBRARY) is not None


@given(st.data(), st.sampled_from(FORMATS), st.sampled_from(WANTED))
def test_what_aws_writes_is_read(
    data: st.DataObject, fields: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    """Every format, in any order, IPv6 as well; the values are those that the reader of single lines finds."""
    text = join(data.draw(clean_lines(fields)))
    batch = read(fields, text, wanted)
    assert batch is not None
    batch.validate(full=True)
    assert list_records(batch) == read_singly(fields, text, wanted)


@given(st.data(), st.sampled_from(FORMATS), st.sampled_from(WANTED))
def test_what_is_odd_is_never_read_otherwise(
    data: st.DataObject, fields: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    """Whatever stands in a line, and wherever: it is left to the others, or read as they read it."""
    records = data.draw(clean_lines(fields))
    for _ in range(data.draw(st.integers(1, 3))):
        words = records[data.draw(st.integers(0, len(records) - 1))]
        place = data.draw(st.integers(0, len(words) - 1))
        words[place : place + data.draw(st.integers(0, 1))] = [data.draw(st.sampled_from(ODD))]
    text = join(records)
    text = text[: data.draw(st.integers(0, len(text)))] if data.draw(st.booleans()) else text
    batch = read(fields, text, wanted)
    if batch is not None:
        batch.validate(full=True)
        assert list_records(batch) == read_singly(fields, text, wanted)


@given(st.binary(max_size=300), st.sampled_from(FORMATS))
def test_bytes_that_are_no_text_are_refused(text: bytes, fields: tuple[str, ...]) -> None:
    assert read(fields, text) is None or text.count(b" ") >= len(fields) - 1


REFUSED = {
    "a doubled space": line().replace(" ACCEPT", "  ACCEPT"),
    "a space at the end": line() + " ",
    "a space before": " " + line(),
    "a tab": line().replace(" ACCEPT", "\tACCEPT"),
    "a carriage return": line() + "\r",
    "a control character": line(version="\x01"),
    "a word too many": line() + " OK",
    "a word too few": line().removesuffix(" OK"),
    "a blank line": "",
    "a header": HEADER,
    "a leading zero": line(srcport="00443"),
    "a sign": line(packets="+1"),
    "a number below zero": line(packets="-1"),
    "a port too large": line(srcport=65_536),
    "bytes too many": line(bytes=2**50 + 1),
    "seventeen digits": line(bytes="1" * 17),
    "letters in a number": line(bytes="12a45678"),
    "a slash in a number": line(bytes="1/"),
    "a number for an address": line(srcaddr="167772161"),
    "a length behind an address": line(srcaddr="10.0.0.0/16"),
    "an address of letters": line(dstaddr="abc.def"),
    "one colon": line(dstaddr="abc:def"),
    "letters that are none of ASCII": line(interface_id="eni-é"),
    "an unknown action": line(action="DROP"),
    "an unknown status": line(log_status="FINE"),
    "no status": line(log_status="-"),
    "no address though it is OK": line(srcaddr="-"),
    "no action though it is OK": line(action="-"),
    "no number though it is OK": line(end="-"),
}


@pytest.mark.parametrize("odd", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("before", [0, 1, 40])
def test_what_is_odd_is_left_to_others(odd: str, before: int) -> None:
    """Wherever it stands among lines that are not."""
    lines = [line()] * before
    assert read(DEFAULT, "\n".join([*lines, odd, line(), ""]).encode()) is None
    assert read(DEFAULT, "\n".join([*lines, line(), odd, ""]).encode()) is None


def test_text_without_its_last_end_is_left_to_others() -> None:
    assert read(DEFAULT, line().encode()) is None
    assert read(DEFAULT, b"") is None


def test_memory_is_used_again_for_every_text() -> None:
    """A longer text after a shorter one, and the other way round, by the same reader."""
    reader = LineReader(DEFAULT, {name: choose_text_type(name) for name in SCANNED})
    kept = []
    for rows in (1, 5_000, 3, 20_000, 2):
        lines = [
            line(interface_id=f"eni-{row % 700:03}", srcaddr=f"10.{row % 256}.0.{rows % 256}")
            for row in range(rows)
        ]
        kept.append((reader.read(("\n".join(lines) + "\n").encode()), lines))
    for batch, lines in kept:
        assert batch is not None
        found = [(record["interface_id"], record["srcaddr"]) for record in list_records(batch)]
        assert found == [(words[2], words[3]) for words in map(str.split, lines)]


def test_too_many_different_interfaces_are_left_to_others() -> None:
    """And as many as there is room for are read."""
    lines = [line(interface_id=f"eni-{number}") for number in range(2**15 + 1)]
    assert read(DEFAULT, ("\n".join(lines) + "\n").encode()) is None
    batch = read(DEFAULT, ("\n".join(lines[1:]) + "\n").encode())
    assert batch is not None
    assert batch.column("interface_id").to_pylist() == [f"eni-{number}" for number in range(1, 2**15 + 1)]


def test_nothing_beside_the_text_is_touched() -> None:
    """Between two pages that nobody may read, at every distance from either."""
    guarded = subprocess.run(
        [sys.executable, Path(__file__).with_name("guarded_lines.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (guarded.returncode, guarded.stderr) == (0, "")


def test_without_what_was_compiled_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the log says so."""
    caplog.set_level("INFO")
    monkeypatch.setattr(flowlog_lines, "LIBRARY", tmp_path / "none.so")
    assert read(DEFAULT, f"{line()}\n".encode()) is None
    assert "Text is read two to three times slower" in caplog.text


def test_what_was_compiled_from_another_version_is_not_called(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(flowlog_lines, "_VERSION", 0)
    assert load.__wrapped__(LIBRARY) is None
    assert "of another version" in caplog.text


def test_records_without_traffic_are_read() -> None:
    batch = read(DEFAULT, f"{status_line('NODATA')}\n{line()}\n{status_line('SKIPDATA')}\n".encode())
    assert batch is not None
    assert batch.column("log_status").to_pylist() == ["NODATA", "OK", "SKIPDATA"]
    assert batch.column("start").to_pylist() == [NOON] * 3
    records = list_records(batch)
    for name in map(str, DASHES):
        assert [record[name] for record in records[::2]] == [None, None]
        assert str(records[1][name]) == VALUES[name]


def test_addresses_are_numbers_until_one_has_none() -> None:
    """From then on they are texts: a log that names IPv6 once will name it again."""
    reader = LineReader(DEFAULT, {name: choose_text_type(name) for name in SCANNED})
    ends = [("10.0.0.1", "255.255.255.255"), ("10.0.0.1", "2001:db8::1"), ("10.0.0.1", "10.0.0.2")]
    batches = [reader.read(f"{line(srcaddr=one, dstaddr=other)}\n".encode()) for one, other in ends]
    found = [
        tuple(batch.column(name).to_pylist()[0] for name in ("srcaddr", "dstaddr"))
        for batch in batches
        if batch
    ]
    assert found == [(0x0A000001, 0xFFFFFFFF), *ends[1:]]


def test_other_oddities_keep_addresses_numbers() -> None:
    reader = LineReader(DEFAULT, {name: choose_text_type(name) for name in SCANNED})
    for odd in ("10.0.0.01", "10.0.0.256", "10.0.0", "10.0.0.0/8", "x"):
        batch = reader.read(f"{line(srcaddr=odd)}\n".encode())
        assert batch is None or batch.column("srcaddr").to_pylist() == [odd]
    reader = LineReader(DEFAULT, {name: choose_text_type(name) for name in SCANNED})
    assert reader.read(f"{line(srcport='x')}\n".encode()) is None
    batch = reader.read(f"{line()}\n".encode())
    assert batch is not None
    assert batch.column("srcaddr").type == pa.uint32()
