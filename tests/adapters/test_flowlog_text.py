"""The text reader on every format that AWS writes: what it reads, and that its three ways read alike."""

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from bot.adapters import flowlog_lines, flowlog_text
from bot.adapters.flowlog_text import TextReader, Workbench
from bot.adapters.flowlog_values import NotAFlowLogError
from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, NEEDED, SCANNED, Type
from tests.adapters.logs import HEADER, NOON, VALUES, line, read_text, render

VECTORS = json.loads((Path(__file__).parent / "data" / "vector_flow_logs.json").read_text())
NOT_IN_VECTORS = {"ecs_service_name": "my-service"}


@pytest.fixture(params=["compiled", "not compiled"], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything is read the same where nothing could be compiled."""
    if request.param == "not compiled":
        monkeypatch.setattr(flowlog_lines, "LIBRARY", tmp_path / "none.so")


def dash(names: str) -> str:
    """A header line as AWS writes it."""
    return names.replace("_", "-")


def complete(names: str, record: str) -> tuple[str, str]:
    """A format and a line of it, with the needed fields that it has not got at their ends."""
    missing = [name for name in NEEDED if name not in names.split()]
    values = [VALUES[dash(name)] for name in missing]
    return " ".join([names, *missing]), " ".join([record, *values])


def convert(names: str, record: str) -> dict[str, Any]:
    """A line's fields by their names, as their types say."""
    pairs = zip(names.split(), record.split(), strict=True)
    return {
        name: None if text == "-" else text if FIELDS[name] is Type.STRING else int(text)
        for name, text in pairs
    }


@pytest.mark.parametrize("vector", VECTORS["lines"], ids=lambda vector: vector["line"][:40])
def test_every_format_reads(vector: dict[str, Any]) -> None:
    """Real lines of versions 2 to 11, whatever the order: each field under its own name."""
    names, record = complete(vector["format"] or " ".join(DEFAULT_FORMAT), vector["line"])
    records, fault = read_text(f"{dash(names)}\n{record}\n".encode(), tuple(FIELDS))
    assert fault == ""
    assert records == [dict.fromkeys(FIELDS) | convert(names, record)]


def test_vectors_cover_the_versions() -> None:
    """The formats above must go on naming every field, or be completed here."""
    named = {name for vector in VECTORS["lines"] for name in (vector["format"] or "").split()}
    assert set(FIELDS) - named - set(DEFAULT_FORMAT) == set()
    assert {vector["line"].split()[0] for vector in VECTORS["lines"]} >= {"2", "3", "5", "7", "11"}


@pytest.mark.parametrize("vector", VECTORS["parsed"], ids=["default", "custom"])
def test_values_are_those_that_others_read(vector: dict[str, Any]) -> None:
    """Another project's reader gives the same values for the same lines."""
    header = dash(vector["format"] or " ".join(DEFAULT_FORMAT))
    records, _ = read_text(f"{header}\n{vector['line']}\n".encode(), tuple(FIELDS))
    assert {name: value for name, value in records[0].items() if value is not None} == vector["expected"]


@pytest.mark.parametrize("vector", [v for v in VECTORS["lines"] if v["format"]], ids=lambda v: v["line"][:40])
def test_format_that_lacks_fields_says_which(vector: dict[str, Any]) -> None:
    """Only what is needed may be missed, and the first missing field is named."""
    names = vector["format"].split()
    missing = [dash(name) for name in NEEDED if name not in names]
    data = f"{dash(vector['format'])}\n{vector['line']}\n".encode()
    if not missing:
        assert len(read_text(data)[0]) == 1
        return
    with pytest.raises(NotAFlowLogError) as refused:
        read_text(data)
    assert str(refused.value).startswith(f"it lacks {', '.join(missing)}: without {missing[0]}, ")


@pytest.mark.parametrize("version", range(2, 12))
def test_fields_of_each_version(version: int) -> None:
    """A format of all fields reads under any version number: the header decides, not the number."""
    header = dash(" ".join(sorted(FIELDS)))
    records, fault = read_text(render(line(header, version=version), header=header), tuple(FIELDS))
    assert (records[0]["version"], records[0]["dstport"], records[0]["start"], fault) == (
        version,
        443,
        NOON,
        "",
    )


ODD = {
    "dashes": line(bytes="-", log_status="NODATA"),
    "IPv6": line(srcaddr="2001:db8::1", dstaddr="2001:db8:0:ffff::a"),
    "leading zeros": line(srcport="00443"),
    "limits": line(srcport=0, dstport=65535, protocol=0, bytes=2**50),
    "too large": line(bytes=2**50 + 1),
    "not a number": line(packets="many"),
    "negative": line(packets=-3),
}


@pytest.mark.parametrize("record", ODD.values(), ids=ODD)
def test_all_ways_read_alike(record: str) -> None:
    """The fast ways and the one for odd pieces differ in speed only."""
    clean, odd = render(line(), record), render(line(), record).replace(b" ACCEPT", b"  ACCEPT", 1)
    assert read_text(clean) == read_text(odd)


TELLING = f"{HEADER} pkt-src-aws-service traffic-path"
TOLD = [
    ("S3", "4", "S3", 4),
    ("-", "-", None, None),
    ("<!here>", "S3", "<!here>", None),
    ("é", "99", "é", 99),
]
TOLD += [("-", junk, None, None) for junk in ("300", "4.0", "99999999999999999999", "٤")]


def test_what_is_optional_makes_no_line_a_bad_one() -> None:
    """Whatever way of reading: a path that is none is not told, and the record counts as ever."""
    records = [line(TELLING, pkt_src_aws_service=name, traffic_path=path) for name, path, _, _ in TOLD]
    clean = render(*records, header=TELLING)
    for data in (clean, clean.replace(b" ACCEPT", b"  ACCEPT", 1)):
        found, fault = read_text(data, SCANNED)
        told = [(record["pkt_src_aws_service"], record["traffic_path"]) for record in found]
        assert (told, fault) == ([each[2:] for each in TOLD], "")


@pytest.mark.parametrize("junk", ["new", "2.0", "99999999999"])
@pytest.mark.parametrize("name", [n for n in FIELDS if n not in SCANNED and FIELDS[n] is not Type.STRING])
def test_what_the_scan_does_without_makes_no_line_a_bad_one(name: str, junk: str) -> None:
    """Or the log's own records would lack one that is in the answer."""
    header = HEADER if dash(name) in HEADER.split() else f"{HEADER} {dash(name)}"
    records, fault = read_text(render(line(header, **{name: junk}), header=header), tuple(FIELDS))
    assert ([record[name] for record in records], fault) == ([None], "")


def test_memory_is_bounded() -> None:
    """A gzip file of a few kilobytes may unfold to hundreds of megabytes; a few pieces of it are held."""
    text = render(*[line()] * 1_200_000)
    file = io.BytesIO(gzip.compress(text, 1))
    tracemalloc.start()
    rows = sum(batch.num_rows for batch in TextReader(Workbench(tuple(NEEDED))).read(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 1_200_000
    assert peak < 6 * flowlog_text._PIECE_BYTES < len(text)


def test_odd_lines_are_given_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line means objects of Python: they must not pile up over a whole piece."""
    monkeypatch.setattr(flowlog_text, "_LINES_A_BATCH", 10)
    data = render(*[line() + " "] * 25)
    sizes = [batch.num_rows for batch in TextReader(Workbench(tuple(NEEDED))).read(io.BytesIO(data))]
    assert sizes == [10, 10, 5]


def test_faults_add_up() -> None:
    """A file that is cut and has a bad line says both."""
    cut = gzip.compress(render(line(), "broken", line()))[:-8]
    assert read_text(cut)[1] == "its gzip data ends too early; 1 line in it cannot be read"


def test_half_a_line_of_a_cut_file_is_no_line() -> None:
    """The last number of a cut file may have lost digits: it must not be counted as it stands."""
    header = " ".join([*HEADER.replace(" bytes", "").split(), "bytes"])
    whole = gzip.compress(render(*[line(header, bytes=123456789)] * 3, header=header)[:-5], 0)
    records, fault = read_text(whole[:-8])
    assert [record["bytes"] for record in records] == [123456789, 123456789]
    assert fault == "its gzip data ends too early"


BORDERS = ["", "\n", " ", "\r\n", "\ufeff", HEADER + "\n", "2 broken\n", "\t\n"]


@pytest.mark.parametrize("oddity", BORDERS, ids=[repr(oddity[:9]) for oddity in BORDERS])
@pytest.mark.parametrize("size", [150, 199, 256, 600])
def test_oddities_at_the_borders_of_pieces(oddity: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is read in pieces: nothing may be lost, doubled or misread where they meet."""
    monkeypatch.setattr(flowlog_text, "_PIECE_BYTES", size)
    monkeypatch.setattr(flowlog_text, "_UNPACKED_BYTES", 97)
    lines = [line(srcport=40000 + number) for number in range(60)]
    text = HEADER + "\n" + "".join(f"{oddity}{record}\n" for record in lines)
    records, fault = read_text(gzip.compress(text.encode()))
    assert [record["srcport"] for record in records] == list(range(40000, 40060))
    assert fault == ("60 lines in it cannot be read" if oddity.startswith("2 broken") else "")


@pytest.mark.parametrize(
    ("before", "reason"), [(b"", "it is not a flow log"), (render(line()), "a line in it is too long")]
)
@pytest.mark.parametrize(("size", "unpacked"), [(1000, 100), (300, 1000)])
def test_line_without_an_end(
    before: bytes, reason: str, size: int, unpacked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is one endless line is refused before it fills the memory."""
    monkeypatch.setattr(flowlog_text, "_PIECE_BYTES", size)
    monkeypatch.setattr(flowlog_text, "_UNPACKED_BYTES", unpacked)
    with pytest.raises(NotAFlowLogError) as refused:
        read_text(gzip.compress(before + b"9" * 10**6))
    assert str(refused.value) == reason
