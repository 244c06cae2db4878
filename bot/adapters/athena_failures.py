"""Why a query did not succeed on Athena, as a sentence that says what to do.

Athena's `ErrorCategory` says whose fault it is: 1 its own, 2 the statement's or the tables', 3 another's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.adapters.aws import shorten
from bot.domain.window import Window
from bot.domain.wording import count, write_bytes

if TYPE_CHECKING:
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef

_CUTOFF = re.compile(r"bytes scanned limit", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(This query ran against the|Please post the error message|You may need to manually).*", re.DOTALL
)
_NEEDS_OPERATOR = "; the bot's operator finds what is missing with: vpccidr doctor"

_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"COLUMN_NOT_FOUND|Column '.*' cannot be resolved", re.IGNORECASE),
        "The table of flow logs lacks a column that the scan reads ({reason})" + _NEEDS_OPERATOR,
    ),
    (
        re.compile(
            r"TABLE_NOT_FOUND|SCHEMA_NOT_FOUND|(Table|Schema) .* (does not exist|not found)", re.IGNORECASE
        ),
        "Athena does not find the tables of the bot ({reason})" + _NEEDS_OPERATOR,
    ),
    (
        re.compile(r"TYPE_MISMATCH|HIVE_BAD_DATA|HIVE_PARTITION_SCHEMA_MISMATCH|HIVE_CURSOR_ERROR"),
        "The log files do not fit the columns that their table declares ({reason})" + _NEEDS_OPERATOR,
    ),
    (
        re.compile(r"NoSuchBucket|bucket does not exist", re.IGNORECASE),
        "A bucket that the scan needs is missing ({reason})" + _NEEDS_OPERATOR,
    ),
    (
        re.compile(
            r"access ?denied|PERMISSION_DENIED|insufficient permissions|not authorized", re.IGNORECASE
        ),
        "Athena may not read what the scan needs ({reason})" + _NEEDS_OPERATOR,
    ),
    (
        re.compile(
            r"query timeout|EXCEEDED_TIME_LIMIT|exceeded (the )?maximum (run|execution) time", re.IGNORECASE
        ),
        "The scan took longer than Athena allows; {narrow}.",
    ),
    (
        re.compile(r"exhausted resources|EXCEEDED_.*MEMORY|INSUFFICIENT_RESOURCES", re.IGNORECASE),
        "The scan was too large for Athena's workers; {narrow}.",
    ),
)


def explain_end(execution: QueryExecutionTypeDef, window: Window, read_cutoff: Callable[[], int]) -> str:
    """Why a query FAILED or was CANCELLED; empty where somebody stopped it.

    `read_cutoff` gives the work group's limit in bytes, 0 where it is not known; it is asked only when the
    limit was the reason, which Athena reports as either state.
    """
    reason = _read_reason(execution)
    if _CUTOFF.search(reason):
        return _explain_cutoff(execution, window, read_cutoff())
    if execution["Status"].get("State") == "CANCELLED":
        return ""
    for pattern, sentence in _KNOWN:
        if pattern.search(reason):
            return sentence.format(reason=reason.rstrip("."), narrow=_advise(window))
    return _explain_category(execution, reason)


def _read_reason(execution: QueryExecutionTypeDef) -> str:
    status = execution["Status"]
    text = (
        status.get("StateChangeReason")
        or status.get("AthenaError", {}).get("ErrorMessage")
        or "no reason given"
    )
    return shorten(_TAIL.sub("", text))


def _explain_cutoff(execution: QueryExecutionTypeDef, window: Window, cutoff: int) -> str:
    limit = f"the work group's limit of {write_bytes(cutoff)}" if cutoff else "the work group's limit"
    read = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
    so_far = f", after {write_bytes(read)}" if read else ""
    return f"The scan was stopped at {limit} a question{so_far}; {_advise(window)}."


def _advise(window: Window) -> str:
    days = len(window.days)
    if days == 1:
        return "one day alone is too much, so the bot's operator must raise the limit"
    return f"ask about fewer days than {days}, for example: days={max(1, days // 2)}"


def _explain_category(execution: QueryExecutionTypeDef, reason: str) -> str:
    error = execution["Status"].get("AthenaError", {})
    again = " Ask again." if error.get("Retryable") else ""
    reason = f"{reason.rstrip('.')}."
    match error.get("ErrorCategory"):
        case 1:
            return f"Athena failed by a fault of its own: {reason}{again or ' Ask again later.'}"
        case 2:
            return f"Athena refused the scan: {reason}{again}"
    return f"The scan failed on Athena: {reason}{again}"


def explain_silence(silent_s: float, last: str) -> str:
    """Why a query whose end nobody can learn is given up."""
    return f"Nothing was heard of the scan for {count(round(silent_s), 'second')}. {last}"
