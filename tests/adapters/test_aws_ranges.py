"""AWS's list of its ranges, from a file and from an address, and whatever can be wrong with either."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from bot.adapters import aws_ranges
from bot.adapters.aws_ranges import AwsRangesCopy, AwsRangesFile, build_aws_ranges, fetch_bytes
from bot.errors import StoreError

URL = "https://ip-ranges.example/ip-ranges.json"
NOW = datetime.now(UTC)


def write_ranges(service: str = "S3") -> bytes:
    return (
        b'{"createDate": "2026-11-19-21-13-06", "prefixes": '
        b'[{"ip_prefix": "52.95.110.0/24", "region": "eu-central-1", "service": "%s"}]}' % service.encode()
    )


def name(ranges: AwsRangesFile) -> str:
    """What 52.95.110.1 is called; `-` where there are no ranges."""
    prefixes = ranges.read()
    return prefixes.find("52.95.110.1") if prefixes else "-"


def copy(folder: Path, fetch: Callable[[str], bytes]) -> AwsRangesCopy:
    return AwsRangesCopy(URL, folder, fetch)


def renew(ranges: AwsRangesCopy, now: datetime = NOW) -> None:
    ranges.renew_due(now)
    ranges.wait()


def refuse(url: str) -> bytes:
    raise urllib3.exceptions.ProtocolError("Connection reset by peer")


# A file


def test_file_is_read_again_when_it_changed_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "ip-ranges.json"
    path.write_bytes(write_ranges())
    ranges = AwsRangesFile(path)
    assert name(ranges) == "S3 eu-central-1"
    assert ranges.read() is ranges.read()
    path.write_bytes(write_ranges("DYNAMODB"))
    assert name(ranges) == "DYNAMODB eu-central-1"


@pytest.mark.parametrize("content", [None, b"", write_ranges()[:-3], b"x" * 1_001])
def test_file_that_cannot_be_used_is_told_once(
    content: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many answers are made without names meanwhile; and what was mended is used."""
    monkeypatch.setattr(aws_ranges, "_LARGEST_BYTES", 1_000)
    path = tmp_path / "ip-ranges.json"
    if content is not None:
        path.write_bytes(content)
    ranges = AwsRangesFile(path)
    assert [name(ranges) for _ in range(3)] == ["-"] * 3
    (line,) = caplog.messages
    assert line.startswith(f"AWS's ranges are not named: {path} cannot be used (")
    with pytest.raises(StoreError, match="VPCCIDR_AWS_RANGES"):
        ranges.load()
    path.write_bytes(write_ranges())
    assert name(ranges) == "S3 eu-central-1"


def test_file_is_nobodys_to_renew(tmp_path: Path) -> None:
    path = tmp_path / "ip-ranges.json"
    path.write_bytes(write_ranges())
    os.utime(path, (0, 0))
    ranges = build_aws_ranges(str(path), tmp_path)
    ranges.renew_due(NOW)
    ranges.renew()
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mtime == 0


# An address


def test_copy_is_made_in_the_background(tmp_path: Path) -> None:
    """An answer that comes before it has no names, and waits for nothing."""
    may_go_on = threading.Event()

    def fetch(url: str) -> bytes:
        assert url == URL
        assert may_go_on.wait(60)
        return write_ranges()

    ranges = copy(tmp_path / "state", fetch)
    ranges.renew_due(NOW)
    assert name(ranges) == "-"
    ranges.renew_due(NOW)  # which is under way
    may_go_on.set()
    ranges.wait()
    assert name(ranges) == "S3 eu-central-1"
    assert [path.suffix for path in (tmp_path / "state").iterdir()] == [".json"]


def test_copy_is_renewed_when_it_is_a_day_old(tmp_path: Path) -> None:
    renew(copy(tmp_path, lambda _: write_ranges()))
    ranges = copy(tmp_path, lambda _: write_ranges("DYNAMODB"))
    renew(ranges, NOW + timedelta(hours=23))
    assert name(ranges) == "S3 eu-central-1"
    renew(ranges, NOW + timedelta(hours=25))
    assert name(ranges) == "DYNAMODB eu-central-1"


@pytest.mark.parametrize("fetch", [refuse, lambda _: b"<html>", lambda _: b""])
def test_copy_outlives_an_address_that_fails(
    fetch: Callable[[str], bytes], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not asked again at once, the log has one line, and what is there stays."""
    renew(copy(tmp_path, lambda _: write_ranges()))
    ranges = copy(tmp_path, fetch)
    for _ in range(3):
        renew(ranges, NOW + timedelta(days=2))
    (line,) = caplog.messages
    assert line.startswith(f"AWS's ranges are not renewed, and this is tried every hour: {URL} could not be")
    assert name(ranges) == "S3 eu-central-1"
    with pytest.raises(StoreError, match="could not be copied"):
        ranges.renew()


def test_folder_that_cannot_be_written_to_fails_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file")
    ranges = copy(tmp_path / "state", lambda _: write_ranges())
    renew(ranges)
    assert len(caplog.messages) == 1
    assert name(ranges) == "-"


def test_no_copy_yet_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert name(copy(tmp_path, refuse)) == "-"
    assert caplog.messages == []


def test_another_address_has_another_copy(tmp_path: Path) -> None:
    renew(copy(tmp_path, lambda _: write_ranges()))
    assert name(AwsRangesCopy(URL + "?partition=cn", tmp_path, refuse)) == "-"


# The wire


@contextmanager
def serve(status: int, body: bytes, **headers: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_fetched_bytes_are_those_of_the_address() -> None:
    with serve(200, b"x" * 200_000) as url:
        assert fetch_bytes(url) == b"x" * 200_000


@pytest.mark.parametrize("status", [204, 302, 403, 500])
def test_any_other_status_is_no_list(status: int) -> None:
    """A redirect, too: it may lead to where nothing is encrypted."""
    with (
        serve(status, b"", Location="http://127.0.0.1:1/") as url,
        pytest.raises(ValueError, match=f"HTTP status {status}"),
    ):
        fetch_bytes(url)


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_ranges, "_LARGEST_BYTES", 100_000)
    with serve(200, b"x" * 200_000) as url, pytest.raises(ValueError, match="too large"):
        fetch_bytes(url)


def test_answer_that_breaks_off_is_not_kept() -> None:
    with (
        serve(200, write_ranges(), Content_Length="100000") as url,
        pytest.raises(urllib3.exceptions.HTTPError),
    ):
        fetch_bytes(url)


def test_nobody_there() -> None:
    with pytest.raises(urllib3.exceptions.HTTPError):
        fetch_bytes("http://127.0.0.1:1/")


def test_log_is_not_told_secrets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nor is the address kept in the copy's name."""
    caplog.set_level(logging.DEBUG)
    ranges = copy(tmp_path, lambda _: write_ranges())
    assert URL.rpartition("/")[2] not in ranges.path.name
