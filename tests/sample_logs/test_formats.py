"""Text and Parquet hold the same records, with the names and types that AWS gives them."""

import datetime as dt
import gzip
import pathlib
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.sample_logs import Layout, write_sample_logs

Row = dict[str, str]
Reader = Callable[[pathlib.Path], list[Row]]

TODAY = dt.date(2026, 11, 12)
V2_HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status"
)
V5_HEADER = V2_HEADER + (
    " vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type"
    " sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path"
)


@pytest.fixture
def v5_rows(tmp_path: pathlib.Path, read_rows: Reader) -> list[Row]:
    """Return the rows of a day in the format with the fields up to version 5."""
    write_sample_logs(tmp_path, TODAY, 1, scale=0.2, layout=Layout(version=5))
    return read_rows(tmp_path)


@pytest.mark.parametrize(("version", "header"), [(2, V2_HEADER), (5, V5_HEADER)])
def test_text_begins_with_the_header(tmp_path: pathlib.Path, version: int, header: str) -> None:
    write_sample_logs(tmp_path, TODAY, 1, scale=0.05, layout=Layout(version=version))  # type: ignore[arg-type]
    for path in tmp_path.rglob("*.log.gz"):
        text = gzip.decompress(path.read_bytes()).decode()
        assert text.endswith("\n")
        assert text.splitlines()[0] == header
        assert {line.split()[0] for line in text.splitlines()[1:]} == {str(version)}


@pytest.mark.parametrize("version", [2, 5])
def test_parquet_holds_what_the_text_holds(tmp_path: pathlib.Path, read_rows: Reader, version: int) -> None:
    """The engine must answer alike from both; here is what it may compare."""
    for file_format in ("text", "parquet"):
        layout = Layout(file_format=file_format, version=version)  # type: ignore[arg-type]
        write_sample_logs(tmp_path / file_format, TODAY, 1, scale=0.05, layout=layout)
    rows = [
        {name.replace("_", "-"): "-" if value is None else str(value) for name, value in row.items()}
        for path in sorted((tmp_path / "parquet").rglob("*.log.parquet"))
        for row in pq.read_table(path, partitioning=None).to_pylist()
    ]
    assert rows == read_rows(tmp_path / "text") != []


def test_parquet_has_the_types_of_aws(tmp_path: pathlib.Path) -> None:
    layout = Layout(file_format="parquet", version=5)
    write_sample_logs(tmp_path, TODAY, 1, scale=0.05, layout=layout)
    for path in tmp_path.rglob("*.log.parquet"):
        schema = pq.read_schema(path)
        types = {name: schema.field(name).type for name in schema.names}
        assert {name for name, kind in types.items() if kind == pa.int64()} == {
            *("packets", "bytes", "start", "end"),
        }
        assert {name for name, kind in types.items() if kind == pa.int32()} == {
            *("version", "srcport", "dstport", "protocol", "tcp_flags", "traffic_path"),
        }


def test_rows_without_data_carry_dashes(v5_rows: list[Row]) -> None:
    row = next(row for row in v5_rows if row["log-status"] == "NODATA")
    unknown = ("srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action", "type")
    assert {row[name] for name in unknown} == {"-"}
    assert int(row["end"]) - int(row["start"]) == 599


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("10.0.0.175", "1"),
        ("10.1.0.123", "4"),
        ("10.2.0.146", "3"),
        ("203.0.113.10", "8"),
        ("198.51.100.80", "7"),
    ],
)
def test_the_traffic_path_names_the_way_out(v5_rows: list[Row], address: str, path: str) -> None:
    """Same VPC, peering, virtual private gateway, internet gateway, gateway endpoint; incoming records have none."""
    outgoing = [row for row in v5_rows if row["dstaddr"] == address and row["flow-direction"] == "egress"]
    assert {row["traffic-path"] for row in outgoing} == {path}
    assert {row["traffic-path"] for row in v5_rows if row["flow-direction"] == "ingress"} == {"-"}


def test_an_aws_service_is_named_at_its_end(v5_rows: list[Row]) -> None:
    """On whichever side of a record it is, and nowhere else."""
    for end in ("src", "dst"):
        named = {(row[f"{end}addr"], row[f"pkt-{end}-aws-service"]) for row in v5_rows}
        assert {pair for pair in named if pair[1] != "-"} == {("198.51.100.80", "S3")}


def test_tcp_flags_tell_the_handshake(v5_rows: list[Row]) -> None:
    """A rejected attempt is a SYN that nobody answers; an answer carries SYN and ACK."""
    tcp = [row for row in v5_rows if row["protocol"] == "6"]
    assert {row["tcp-flags"] for row in tcp if row["action"] == "REJECT"} == {"2"}
    assert {row["tcp-flags"] for row in tcp if row["action"] == "ACCEPT"} == {"0", "1", "2", "3", "18", "19"}
    assert {row["tcp-flags"] for row in v5_rows if row["protocol"] in ("1", "17")} == {"0"}
