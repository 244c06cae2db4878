"""The doctor: is everything there that the bot needs, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.aws_ranges import AwsRanges
from bot.domain.cidr import parse_block
from bot.domain.flowlog import FIELDS, LOG_TABLE, NEEDED, PARTITIONS, Type, find_optional, fits
from bot.domain.question import Question, Side
from bot.domain.scenario import Scenario
from bot.domain.window import build_window_of_days
from bot.domain.wording import count, write_bytes
from bot.errors import OperatorError
from bot.services.ports import Estimator
from bot.services.statements import build_scan

BLOCK_TABLE = "cidrtable"
SCOPES = ("commands", "chat:write", "chat:write.public", "files:write")

_LOOK_BACK_DAYS = 2
_OLDEST_RANGES = timedelta(days=30)


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what to do about it; nothing where it is well."""

    what: str
    mend: str = ""


@dataclass(frozen=True)
class WorkGroup:
    """An Athena work group. `cutoff_bytes` is 0 where a scan may read without limit."""

    name: str
    is_enabled: bool
    is_enforced: bool
    cutoff_bytes: int
    output: str
    keeps_results: bool


@dataclass(frozen=True)
class Identity:
    """Who the bot is in Slack, and what its token allows."""

    team: str
    user: str
    scopes: tuple[str, ...]


class Catalog(Protocol):
    """Athena's catalogue. Every call raises EngineError."""

    def read_work_group(self) -> WorkGroup:
        """The bot's work group."""

    def read_columns(self, table: str) -> dict[str, str]:
        """A table's columns and partition keys with their types."""

    def explain(self, statement: str) -> str:
        """Plan a statement and give where the plan lies, as `s3://bucket/key`."""


class Objects(Protocol):
    """Objects in S3. Every call raises StoreError."""

    def try_writing(self) -> str:
        """Write, read and delete an object of no meaning in the bot's own prefix, and name that prefix."""

    def try_reading(self, url: str) -> None:
        """Read the first byte of an object."""


class SlackWorkspace(Protocol):
    """Slack's own view of the tokens. Every call raises SlackError."""

    def read_identity(self) -> Identity:
        """Who the bot token belongs to."""

    def try_socket(self) -> None:
        """Ask for a socket with the app-level token."""


Check = tuple[str, Callable[[], Iterable[Finding]]]
"""What is looked at, for the case that looking fails; and the look."""


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Every check's findings; one that fails is a finding too, and the next is made all the same."""
    for what, look in checks:
        try:
            yield from look()
        except OperatorError as error:
            yield Finding(what, str(error))


def render_finding(finding: Finding) -> str:
    """One line: `ok    ...`, or `mend  ...` with what to do."""
    return f"mend  {finding.what}: {finding.mend}" if finding.mend else f"ok    {finding.what}"


def check_work_group(catalog: Catalog, output: str) -> Iterator[Finding]:
    """Whether the work group runs queries, limits them and says where results go."""
    group = catalog.read_work_group()
    what = f"work group {group.name}"
    yield Finding(f"{what} is enabled", "" if group.is_enabled else "enable it.")
    enforce = "let it override client-side settings, or its limits bind nobody."
    yield Finding(f"{what} is enforced", "" if group.is_enforced else enforce)
    cutoff = f" of {write_bytes(group.cutoff_bytes)}" if group.cutoff_bytes else ""
    yield Finding(
        f"{what} has a limit{cutoff} a scan",
        "" if cutoff else "set BytesScannedCutoffPerQuery, or one question can cost any sum.",
    )
    yield Finding(f"{what} writes results to a bucket", _judge_output(group, output))


def _judge_output(group: WorkGroup, output: str) -> str:
    if group.keeps_results:
        return "turn managed query results off; the bot streams results from the bucket."
    if group.output or (output and not group.is_enforced):
        return ""
    return "give it an output location in S3."


def check_tables(catalog: Catalog) -> Iterator[Finding]:
    """Whether both tables have the columns that the statements name, with types that these can use."""
    wanted = {name: FIELDS[name] for name in NEEDED} | PARTITIONS
    yield _compare(LOG_TABLE, wanted, catalog.read_columns(LOG_TABLE))
    yield _compare(BLOCK_TABLE, {"cidr": Type.STRING, "ip": Type.STRING}, catalog.read_columns(BLOCK_TABLE))


def _compare(table: str, wanted: Mapping[str, Type], found: Mapping[str, str]) -> Finding:
    missing = [name for name in wanted if name not in found]
    wrong = [
        f"{name} is {found[name]} and must be {kind}"
        for name, kind in wanted.items()
        if name in found and not fits(found[name], kind)
    ]
    mends = [f"it lacks {', '.join(missing)}", *wrong] if missing else wrong
    return Finding(f"table {table}, {count(len(wanted), 'column')}", "; ".join(mends) + "." if mends else "")


def check_scan(catalog: Catalog, objects: Objects, now: datetime) -> Iterator[Finding]:
    """Whether Athena plans a scan, and whether the bot can read what Athena writes."""
    side = Side((parse_block("192.0.2.0/24").block,))
    question = Question(Scenario.PEERING, side, build_window_of_days(1, now, 1))
    fields = find_optional(catalog.read_columns(LOG_TABLE))
    location = catalog.explain(build_scan(question, 1, fields))
    yield Finding("Athena plans a scan")
    objects.try_reading(location)
    yield Finding("the bot reads results")


def check_registry(objects: Objects) -> Iterator[Finding]:
    """Whether expansions can be written, read and removed."""
    yield Finding(f"expansions can be written to {objects.try_writing()}")


def check_logs(estimator: Estimator, now: datetime) -> Iterator[Finding]:
    """Whether there are flow logs of today or yesterday."""
    size = estimator.sum_bytes(build_window_of_days(_LOOK_BACK_DAYS, now, _LOOK_BACK_DAYS))
    if size:
        yield Finding(f"flow logs of the last {_LOOK_BACK_DAYS} days, {write_bytes(size)}")
    else:
        yield Finding(
            f"flow logs of the last {_LOOK_BACK_DAYS} days",
            "there are none: does a flow log deliver to VPCCIDR_LOGS?",
        )


def check_renewal(renew: Callable[[], None]) -> Iterator[Finding]:
    """Whether AWS's list of its ranges can be fetched, where it is."""
    renew()
    yield from ()


def check_ranges(load: Callable[[], AwsRanges], now: datetime) -> Iterator[Finding]:
    """Whether AWS's list of its ranges can be read, and is new: AWS publishes it several times a week."""
    ranges = load()
    is_old = now - ranges.created > _OLDEST_RANGES
    mend = "it is old: fetch a new one, or set VPCCIDR_AWS_RANGES to AWS's address of it." if is_old else ""
    yield Finding(f"AWS's ranges, of {ranges.created:%Y-%m-%d %H:%M} UTC", mend)


def check_host_names(region: str, look: Callable[[], object]) -> Iterator[Finding]:
    """Whether EC2 tells the names of hosts of a region."""
    look()
    yield Finding(f"EC2 names hosts in {region}")


def check_bot_token(workspace: SlackWorkspace) -> Iterator[Finding]:
    """Whether the bot's token is valid and allows what the bot does."""
    identity = workspace.read_identity()
    yield Finding(f"Slack knows the bot as {identity.user} in {identity.team}")
    missing = [scope for scope in SCOPES if scope not in identity.scopes]
    mend = f"add {', '.join(missing)} to the app and install it again." if missing else ""
    yield Finding("Slack's scopes", mend)


def check_app_token(workspace: SlackWorkspace) -> Iterator[Finding]:
    """Whether Socket Mode can be used."""
    workspace.try_socket()
    yield Finding("Slack opens a socket")
