"""What Athena's catalogue and work group say: for the doctor, not for runs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

import pyathena
from pyathena.connection import Connection
from pyathena.cursor import Cursor

from bot.adapters.athena_engine import AthenaOptions
from bot.adapters.aws import CONFIG, AwsError, code_of, explain, open_session, shorten
from bot.errors import EngineError
from bot.services.doctor import WorkGroup

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient

_POLL_EVERY_S = 0.5


class AthenaCatalog:
    """One session with Athena, opened when it is first asked."""

    def __init__(self, options: AthenaOptions) -> None:
        self._options = options

    def read_work_group(self) -> WorkGroup:
        """The work group's own settings. Raises EngineError."""
        client = cast("AthenaClient", self.connection.client)
        try:
            group = client.get_work_group(WorkGroup=self._options.work_group)["WorkGroup"]
        except AwsError as error:
            raise EngineError(explain(error, f"read the work group {self._options.work_group}")) from error
        settings = group.get("Configuration", {})
        return WorkGroup(
            name=self._options.work_group,
            is_enabled=group.get("State") == "ENABLED",
            is_enforced=settings.get("EnforceWorkGroupConfiguration", False),
            cutoff_bytes=settings.get("BytesScannedCutoffPerQuery", 0),
            output=settings.get("ResultConfiguration", {}).get("OutputLocation", ""),
            keeps_results=settings.get("ManagedQueryResultsConfiguration", {}).get("Enabled", False),
        )

    def read_columns(self, table: str) -> dict[str, str]:
        """The columns and partition keys of a table of the database, with their types. Raises EngineError."""
        try:
            with self.connection.cursor() as cursor:
                found = cursor.get_table_metadata(table, logging_=False)
        except pyathena.Error as error:
            raise EngineError(self._explain_table(table, error)) from error
        return {str(one.name): str(one.type) for one in (*found.columns, *found.partition_keys)}

    def explain(self, statement: str) -> str:
        """Let Athena plan a statement, which is free, and give where its answer lies. Raises EngineError."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {statement}")
                return str(cursor.output_location or "")
        except pyathena.Error as error:
            raise EngineError(_explain(error, "plan a scan")) from error

    def close(self) -> None:
        """End the session."""
        if "connection" in self.__dict__:
            self.connection.client.close()

    @cached_property
    def connection(self) -> Connection[Cursor]:
        """The session. Raises EngineError."""
        options = self._options
        try:
            return pyathena.connect(
                session=open_session(),
                config=CONFIG,
                work_group=options.work_group,
                schema_name=options.database,
                catalog_name=options.catalog,
                s3_staging_dir=options.output or None,
                poll_interval=_POLL_EVERY_S,
            )
        except AwsError as error:
            raise EngineError(explain(error, "speak to Athena")) from error

    def _explain_table(self, table: str, error: pyathena.Error) -> str:
        if code_of(error.__cause__ or error) == "MetadataException":
            place = f"{self._options.catalog}.{self._options.database}"
            return f"There is no table {table} in {place}: create the stack, or set VPCCIDR_ATHENA_DATABASE."
        return _explain(error, f"read the table {table}")


def _explain(error: pyathena.Error, doing: str) -> str:
    """PyAthena wraps AWS's errors, and raises its own for a query that failed."""
    if isinstance(error.__cause__, AwsError):
        return explain(error.__cause__, doing)
    return f"Athena could not {doing}: {shorten(str(error)).rstrip('.')}."
