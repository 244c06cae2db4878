"""The answer as text for a terminal, and the table of talkers wherever no native one can be shown."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from bot.domain.answer import Answer
from bot.domain.conversation import Conversation
from bot.domain.labels import NO_LABELS, Labels
from bot.domain.paths import write_paths
from bot.domain.services import write_service
from bot.domain.wording import count, list_days, write_bytes
from bot.render.changes import list_shown, render_changes

TALKER_HEADINGS = ("Client", "Server", "Service", "Action", "Bytes", "Packets", "Flows", "Last seen (UTC)")
RIGHT_ALIGNED = (4, 5, 6)
_SHOWN_PROBLEMS = 5


def build_cells(talker: Conversation, labels: Labels = NO_LABELS) -> tuple[str, ...]:
    """One talker as the texts of a table's row, with the networks' names beside its addresses."""
    return (
        labels.write_briefly(talker.client),
        labels.write_briefly(talker.server),
        write_service(talker.service_port, talker.protocol),
        talker.action,
        write_bytes(talker.bytes),
        f"{talker.packets:,}",
        f"{talker.flows:,}",
        f"{talker.last_seen:%Y-%m-%d %H:%M}",
    )


def render_table(talkers: Sequence[Conversation], labels: Labels = NO_LABELS) -> str:
    """The talkers as a table of text."""
    aligned = ["right" if column in RIGHT_ALIGNED else "left" for column in range(len(TALKER_HEADINGS))]
    rows = [build_cells(talker, labels) for talker in talkers]
    return tabulate(rows, TALKER_HEADINGS, tablefmt="simple", colalign=aligned, disable_numparse=True)


def list_addresses(answer: Answer) -> list[str]:
    """The addresses that an answer shows, in a message or as text."""
    changed = list_shown(answer.comparison) if answer.comparison else ()
    return [address for row in (*answer.talkers, *changed) for address in (row.client, row.server)]


def render_text(answer: Answer, labels: Labels = NO_LABELS) -> str:
    """The whole answer: verdict, coverage, paths, totals, talkers, what changed, cost."""
    labels = labels.with_services(answer.services)
    paths = write_paths(answer.question, answer.paths, answer.totals)
    parts = [
        answer.verdict.text,
        render_coverage(answer),
        *render_problems(answer),
        *([paths] if paths else []),
    ]
    if answer.talkers:
        parts += [render_totals(answer, len(answer.talkers)), "", render_table(answer.talkers, labels), ""]
    if answer.comparison:
        parts += [*([] if answer.talkers else [""]), render_changes(answer.comparison, labels), ""]
    return "\n".join([*parts, render_cost(answer)])


def render_coverage(answer: Answer) -> str:
    """What the logs know, in one line."""
    coverage = answer.coverage
    asked = len(coverage.days_asked)
    span = (
        list_days((coverage.days_asked[0], coverage.days_asked[-1])).replace(", ", " to ")
        if asked > 1
        else ""
    )
    days = f"Logs: {len(coverage.days_present)} of {count(asked, 'day')}"
    parts = [
        f"{days} ({span or coverage.days_asked[0]})",
        count(coverage.ok + coverage.nodata + coverage.skipdata, "record"),
    ]
    if coverage.skipdata:
        parts.append(f"{coverage.skipdata:,} SKIPDATA (lost)")
    if coverage.nodata:
        parts.append(f"{coverage.nodata:,} NODATA")
    return " · ".join(parts)


def render_problems(answer: Answer) -> list[str]:
    """The files that could not be read, a line each, the first few of them."""
    problems = answer.coverage.problems
    if not problems:
        return []
    rest = len(problems) - _SHOWN_PROBLEMS
    shown = [f"- {problem.file}: {problem.reason}" for problem in problems[:_SHOWN_PROBLEMS]]
    more = [f"- and {count(rest, 'more file')}"] if rest > 0 else []
    return [f"{count(len(problems), 'file')} could not be read wholly:", *shown, *more]


def render_totals(answer: Answer, shown: int) -> str:
    """What the question matches in all, and how much of it the table and the CSV hold, in one line."""
    totals = answer.totals
    sums = f"{count(totals.flows, 'flow')} · {count(totals.packets, 'packet')} · {write_bytes(totals.bytes)}"
    top = f", the top {shown} by {answer.question.measure} below" if shown < totals.conversations else ""
    cut = "; the CSV does not hold all of them" if answer.truncated else ""
    return f"{count(totals.conversations, 'conversation')}{top}: {sums}{cut}"


def render_cost(answer: Answer) -> str:
    """How long the scan took and what it read, in one line."""
    if answer.cost.is_reused:
        return f"{answer.engine} had kept the result of an equal question: {answer.elapsed_s:.1f} s, for free"
    usd = f" for ${answer.cost.usd:.4f}" if answer.cost.usd else ""
    return f"{answer.engine} read {write_bytes(answer.cost.scanned_bytes)} in {answer.elapsed_s:.1f} s{usd}"
