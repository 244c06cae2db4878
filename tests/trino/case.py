"""One log set, delivered to a folder, with tables over it on the server and settings for the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.cidr import parse_block
from bot.domain.command import Add, Ask, parse_command
from bot.domain.flowlog import FIELDS, find_optional
from bot.parts import build_limits, build_registry
from bot.settings import Settings
from infra.tables import FORMATS, FlowTable
from tests.trino.catalog import write_cidr_table, write_flow_table
from tests.trino.engines import scan_duckdb, scan_trino
from tests.trino.logfiles import write_logset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from bot.domain.question import Question
    from bot.services.ports import Outcome, Scan
    from tests.oracle.logset import LogSet, Side
    from tests.trino.logfiles import Kind
    from tests.trino.server import TrinoServer


@dataclass(frozen=True)
class Case:
    """A schema of its own, whose tables lie over one folder of logs and of the product's expansions."""

    server: TrinoServer
    schema: str
    table: FlowTable

    @property
    def logs(self) -> Path:
        """The folder above AWSLogs/."""
        return self.server.files / self.schema

    @property
    def settings(self) -> Settings:
        """The product's, for the same logs."""
        return Settings(logs=str(self.logs), data_dir=self.logs / "state")

    @property
    def fields(self) -> frozenset[str]:
        """Which of the optional fields the table has, as Athena's catalogue would tell."""
        return find_optional({name: FIELDS[name].value for name in self.table.columns})

    def register(self, side: Side) -> None:
        """Give a network its blocks."""
        for block in side.blocks if side.is_network else ():
            added = Add(parse_block(block, self.settings.largest_prefix), side.typed)
            build_registry(self.settings).add(added)

    def parse(self, words: Iterable[str], now: datetime) -> Question:
        """The product's question of what is typed; its blocks are expanded where they are not yet."""
        command = parse_command(" ".join(words), now, build_limits(self.settings))
        assert isinstance(command, Ask)
        return build_registry(self.settings).prepare(command).question

    def scan(self, scan: Scan) -> tuple[Outcome, Outcome]:
        """What Trino gives, and what the embedded engine gives for the same text."""
        trino = scan_trino(self.server, self.schema, scan, self.logs / "state" / "trino.parquet")
        return trino, scan_duckdb(self.settings, scan)


def build_case(server: TrinoServer, schema: str, logset: LogSet, kind: Kind) -> Case:
    """Deliver a log set to a folder of its own and put tables over it into the catalogue."""
    table = FlowTable(
        FORMATS[kind.form],
        parquet=kind.form == "parquet",
        hive=kind.hive,
        root=f"local:///{schema}/",
        accounts=tuple(sorted({source.account for source in logset.sources})),
        regions=tuple(sorted({source.region for source in logset.sources})),
    )
    case = Case(server, schema, table)
    (case.settings.data_dir / "expansions").mkdir(parents=True)
    write_logset(logset, kind, case.logs)
    write_flow_table(server, schema, table)
    write_cidr_table(server, schema, f"{table.root}state/expansions/")
    return case
