"""The CSV of a view."""

from __future__ import annotations

import io

import pytest

from bot.domain.view import View, ViewKind
from bot.render.csv_file import name_view_csv, write_view
from tests.render.view_values import HUGE, build_question, build_row, build_sums

CSV = {
    ViewKind.PORTS: (
        "service_port,protocol,clients,servers,conversations,flows,packets,bytes,first_seen,last_seen",
        "65534,255,1,1,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.HOSTS_OTHER: (
        "address,peers,bytes_sent,bytes_received,conversations,flows,packets,bytes,first_seen,last_seen",
        "10.1.0.9,1,9,9,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.SUBNETS: (
        "client_subnet,server_subnet,clients,servers,conversations,flows,packets,bytes,first_seen,last_seen",
        "10.1.0.9,10.1.0.9,1,1,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.DAYS: (
        "day,is_logged,conversations,flows,packets,bytes,first_seen,last_seen",
        "2025-11-21,True,1,9,9,9,2026-11-20T18:00:00Z,2026-11-20T18:00:00Z",
    ),
    ViewKind.TALKERS: (
        "client,server,service_port,protocol,action,flows,packets,bytes,bytes_to_server,bytes_to_client,"
        "first_seen,last_seen",
        f"10.1.0.9,10.1.0.9,65535,255,ACCEPT,{HUGE},{HUGE},{HUGE},{HUGE},0,2026-11-20T18:00:00Z,"
        "2026-11-20T18:00:00Z",
    ),
}


@pytest.mark.parametrize("kind", CSV)
def test_csv(kind: ViewKind) -> None:
    """A line for each row, all of their fields by the names that they have in the code."""
    file = io.StringIO()
    write_view(file, [build_row(kind, 1, "10.1.0.9", build_sums(1, 9))] * 2)
    head, line = CSV[kind]
    assert file.getvalue() == "".join(f"{each}\n" for each in (head, line, line))


def test_csv_of_nothing() -> None:
    file = io.StringIO()
    write_view(file, [])
    assert file.getvalue() == ""


def test_csv_name() -> None:
    name = name_view_csv(build_question(), View(ViewKind.HOSTS_OTHER))
    assert name == "hosts_other_peering_10_1_0_0_16_2026-11-11_2026-11-20.csv"
