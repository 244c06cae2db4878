"""Which addresses are shown with an AWS service."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bot.adapters.duckdb_reports import DuckDBReports
from bot.domain.view import View, ViewKind
from bot.services.aws_services import find_services
from bot.services.ports import Scan
from bot.services.statements import build_scan
from bot.services.views import build_view
from tests.adapters.logs import HEADER, build_engine, finish, line, put, question, render

if TYPE_CHECKING:
    from pathlib import Path

TELLING = f"{HEADER} pkt-src-aws-service pkt-dst-aws-service"
STORE, GATEWAY, SILENT = "198.51.100.80", "10.1.0.5", "198.51.100.81"
ASKED = question("10.0.0.0/16")


def test_services_of_public_addresses(tmp_path: Path) -> None:
    """A NAT gateway's own address is none of the service that it leads to; what is not named stays bare."""
    records = [
        line(TELLING, dstaddr=STORE, pkt_dst_aws_service="S3"),
        line(
            TELLING, srcaddr=STORE, dstaddr="10.0.0.151", srcport=443, dstport=40000, pkt_src_aws_service="S3"
        ),
        line(TELLING, dstaddr=GATEWAY, pkt_dst_aws_service="S3"),
        line(TELLING, dstaddr=SILENT),
    ]
    put(tmp_path / "logs", render(*records, header=TELLING))
    with closing(build_engine(tmp_path, tmp_path / "logs")) as engine:
        engine.start("run", Scan(build_scan(ASKED, 100), ASKED))
        finish(engine, "run")
        path = engine.fetch("run").result
    with closing(DuckDBReports().load(path, 100)) as result:
        for kind in (ViewKind.TALKERS, ViewKind.HOSTS_OTHER):
            answer = build_view(ASKED, result, View(kind))
            assert answer.services == {STORE: "S3"}
        assert find_services(ASKED, result, ()) == {}
        assert find_services(ASKED, result, build_view(ASKED, result, View(ViewKind.PORTS)).rows) == {}
