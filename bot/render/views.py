"""A closer look at a finished scan, as a message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.changes import ChangedConversation
from bot.domain.conversation import Conversation
from bot.domain.doubts import list_missing
from bot.domain.labels import NO_LABELS, Labels
from bot.domain.message import Block, Message
from bot.domain.protocols import name_of
from bot.domain.question import Action
from bot.domain.verdict import describe
from bot.domain.view import View, ViewKind, find_new_since
from bot.domain.view_answer import DayRow, HostRow, ViewAnswer
from bot.domain.wording import count, write_bytes
from bot.render.changes import render_counts, render_doubts
from bot.render.changes import render_heading as render_changes_heading
from bot.render.day_chart import build_day_chart
from bot.render.mrkdwn import bold, clip, context, escape, mention, preformatted, section
from bot.render.view_menu import build_view_menu
from bot.render.view_tables import Table, build_table_block, build_view_table, render_table_text

_TITLES = {
    ViewKind.TALKERS: "Conversations",
    ViewKind.PORTS: "Service ports",
    ViewKind.HOSTS_ASKED: "Hosts in {asked}",
    ViewKind.HOSTS_OTHER: "Hosts on the other side of {asked}",
    ViewKind.SUBNETS: "Subnets (/24)",
    ViewKind.DAYS: "Over time",
    ViewKind.PAIR: "First and last seen",
    ViewKind.CHANGES: "Changes",
    ViewKind.PATHS: "Paths",
    ViewKind.SERVICES: "AWS services",
}
_ACTIONS = {Action.ACCEPT: "accepted only", Action.REJECT: "rejected only"}


def build_view_message(
    answer: ViewAnswer, run_id: str, scanned_at: datetime, user_id: str = "", labels: Labels = NO_LABELS
) -> Message:
    """The view: what it shows and of which scan, its sums, chart and table, what it cannot know, the menu.

    `user_id` is who asked for it, where anybody did.
    """
    labels = labels.with_services(answer.services)
    heading, said = render_heading(answer), render_sums(answer, labels)
    head = [
        section(f":mag: {bold(heading)}"),
        section(escape(said)),
        *(section(f":warning: {escape(sentence)}") for sentence in _find_limits(answer, scanned_at)),
    ]
    foot = [
        _build_foot(answer, scanned_at, user_id),
        *build_view_menu(run_id, answer.question, answer.choices, answer.view),
    ]
    table = None if _is_empty(answer) else _build_table(answer, labels)
    return Message(
        text=clip(escape(f"{heading}: {said}")),
        blocks=(*head, *_build_chart(answer), *([build_table_block(table)] if table else []), *foot),
        simple=(*head, *([preformatted(render_table_text(table))] if table else []), *foot),
    )


def list_addresses(answer: ViewAnswer) -> list[str]:
    """The addresses of single hosts that the view's message shows."""
    shown: list[str] = []
    for row in answer.rows:
        if isinstance(row, (Conversation, ChangedConversation)):
            shown += (row.client, row.server)
        elif isinstance(row, HostRow):
            shown.append(row.address)
    return shown


def render_heading(answer: ViewAnswer) -> str:
    """What the view shows, in one line."""
    question = answer.question
    title = _TITLES[answer.view.kind].format(asked=question.asked)
    if answer.comparison:
        title = render_changes_heading(answer.comparison)
    filters = "".join(f", {words}" for words in _describe_filters(answer))
    return f"{title}: traffic {describe(question)}{filters}"


def render_sums(answer: ViewAnswer, labels: Labels = NO_LABELS) -> str:
    """The sums over all that the view keeps and how much of it is shown, or that it keeps nothing."""
    if answer.comparison and not answer.conflict:
        return " · ".join([render_counts(answer.comparison), *_describe_shown(answer, labels)])
    if _is_empty(answer):
        return _say_nothing(answer)
    sums = answer.sums
    counts = (count(sums.conversations, "conversation"), count(sums.flows, "flow"))
    sizes = (count(sums.packets, "packet"), write_bytes(sums.bytes))
    seen = f"seen {_show_time(sums.first_seen)} to {_show_time(sums.last_seen)} UTC"
    return " · ".join([*counts, *sizes, seen, *_describe_shown(answer, labels)])


def _describe_filters(answer: ViewAnswer) -> Iterator[str]:
    view = answer.view
    if action := view.action or answer.question.filters.action:
        yield _ACTIONS[action]
    if view.service_port is not None or view.protocol is not None:
        yield _describe_service(view)
    if view.host:
        yield f"host {view.host}"
    if view.subnet:
        yield f"subnet {view.subnet}"
    if view.pair:
        yield "between {} and {}".format(*view.pair)
    if view.new_days:
        yield f"not seen before {find_new_since(view, answer.question.window)}"


def _describe_service(view: View) -> str:
    protocol = "" if view.protocol is None else name_of(view.protocol)
    if view.service_port is None:
        return f"over {protocol}"
    return f"service port {view.service_port}" + (f"/{protocol}" if protocol else "")


def _describe_shown(answer: ViewAnswer, labels: Labels) -> Iterator[str]:
    shown = len(_build_table(answer, labels).rows)
    if answer.comparison:
        found = sum(listed.conversations for listed in answer.comparison.lists)
        if shown < found:
            yield f"the {shown} of them that changed most below"
    elif answer.view.kind is ViewKind.DAYS:
        if shown < len(answer.rows):
            yield f"the latest {shown} of {count(len(answer.rows), 'day')} below"
    elif len(answer.rows) >= answer.view.top or shown < len(answer.rows):
        yield f"the top {shown} by {answer.view.measure} below"


def _build_table(answer: ViewAnswer, labels: Labels) -> Table:
    return build_view_table(answer.view.kind, answer.rows, answer.comparison, labels)


def _is_empty(answer: ViewAnswer) -> bool:
    return not (answer.rows and (answer.comparison or answer.sums.conversations))


def _say_nothing(answer: ViewAnswer) -> str:
    """Why there is nothing to show. That the logs lack something is said beside it."""
    found = answer.totals.conversations
    if answer.conflict:
        return f"The scan had left {answer.conflict} out, so it cannot tell: ask anew."
    if answer.view.kind is ViewKind.SERVICES and answer.sums.conversations:
        return f"The logs name no AWS service in the {count(answer.sums.conversations, 'conversation')}."
    if answer.sums.conversations:
        return f"No host of the {count(answer.sums.conversations, 'conversation')} is on this side."
    if answer.truncated:
        return (
            f"None of the {count(answer.known, 'conversation')} that the result holds, but the scan found "
            f"{found:,}: ask anew with this filter to be sure."
        )
    if not found:
        return "The scan found no conversation."
    return f"None of the {count(found, 'conversation')} that the scan found."


def _find_limits(answer: ViewAnswer, scanned_at: datetime) -> Iterator[str]:
    """What the view cannot know."""
    if answer.comparison:
        yield from render_doubts(answer.comparison)
        return
    if answer.truncated:
        yield (
            f"The result holds only the largest {answer.known:,} of {answer.totals.conversations:,} "
            f"conversations by {answer.question.measure}; the smaller ones are in none of these numbers."
        )
    if not answer.coverage.is_full:
        new = ", so what seems new need not be" if answer.view.new_days else ""
        yield f"The logs are not complete{new}: {list_missing(answer.coverage)}."
    today = scanned_at.date()
    if any(isinstance(row, DayRow) and row.day == today for row in answer.rows) and not _is_empty(answer):
        yield f"{today} was not over when it was scanned: less on that day need not be a drop."


def _build_chart(answer: ViewAnswer) -> list[Block]:
    days = [row for row in answer.rows if isinstance(row, DayRow)]
    return [build_day_chart(days, answer.view.measure)] if days and not _is_empty(answer) else []


def _build_foot(answer: ViewAnswer, scanned_at: datetime, user_id: str) -> Block:
    question = answer.question
    days = (question.scanned if answer.comparison else question.window).days
    span = f"{days[0]} to {days[-1]}" if len(days) > 1 else f"{days[0]}"
    scan = (
        f"From the finished scan of {_show_time(scanned_at)} UTC over {span}: no new scan, this cost nothing"
    )
    return context(escape(scan), *([f"Asked by {mention(user_id)}"] if user_id else []))


def _show_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "at an unknown time"
