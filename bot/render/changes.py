"""What changed against the window before: as sections of an answer, as text, and as what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.changes import Change, ChangedConversation, ChangeList, Comparison, Extent, Volume
from bot.domain.doubts import list_missing
from bot.domain.labels import NO_LABELS, Labels
from bot.domain.message import Block
from bot.domain.question import Action, Measure
from bot.domain.services import write_service
from bot.domain.window import Window
from bot.domain.wording import count, write_bytes
from bot.render.mrkdwn import bold, escape, section

_SHOWN = 5
_PERHAPS = {Change.NEW: "Perhaps new", Change.GONE: "Perhaps gone", Change.GROWN: "Perhaps grown"}
_SURE = {Change.NEW: "New", Change.GONE: "Gone", Change.GROWN: "Grown"}


def build_changes(comparison: Comparison | None, labels: Labels) -> list[Block]:
    """The sections of an answer that tell what changed; none where nobody asked."""
    if comparison is None:
        return []
    doubts = [f":warning: {escape(doubt)}" for doubt in render_doubts(comparison)]
    head = [bold(render_heading(comparison)), *doubts]
    lists = [section(_build_list(comparison, listed, labels)) for listed in _find_told(comparison)]
    return [section("\n".join([*head, *map(escape, _say_nothing(comparison))])), *lists]


def render_changes(comparison: Comparison, labels: Labels = NO_LABELS) -> str:
    """The same as text."""
    head = [render_heading(comparison), *render_doubts(comparison), *_say_nothing(comparison)]
    lists = [
        "\n".join([_head_list(comparison, listed), *_list_rows(comparison, listed, labels, "- ")])
        for listed in _find_told(comparison)
    ]
    return "\n\n".join(["\n".join(head), *lists])


def list_shown(comparison: Comparison) -> list[ChangedConversation]:
    """The conversations that these sections name."""
    return [row for listed in _find_told(comparison) for row in listed.rows[:_SHOWN]]


def render_heading(comparison: Comparison) -> str:
    """Which windows are compared."""
    return f"Changes against the window before, {write_window(comparison.compared.previous)}"


def render_counts(comparison: Comparison) -> str:
    """How much changed in each way, in one line."""
    said = " · ".join(_head_list(comparison, listed) for listed in _find_told(comparison))
    return said or " ".join(_say_nothing(comparison))


def render_doubts(comparison: Comparison) -> list[str]:
    """What the logs, or the result, cannot tell; a sentence each."""
    return list(_find_doubts(comparison))


def name_change(comparison: Comparison, change: Change) -> str:
    """What a change is called: nothing is claimed that the logs do not prove."""
    if change not in comparison.unsure:
        return _SURE[change]
    is_still_open = comparison.coverage.is_full and not (comparison.doubt or comparison.window.by_time)
    return "Gone so far" if change is Change.GONE and is_still_open else _PERHAPS[change]


def write_volume(volume: Volume, measure: Measure) -> str:
    """How much, in what the answer ranks by."""
    if measure is Measure.BYTES:
        return write_bytes(volume.bytes)
    return count(volume.measure(measure), measure.value.removesuffix("s"))


def write_window(window: Window) -> str:
    """A window's first and last day, or moments in UTC."""
    if window.by_time:
        return f"{window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M} UTC"
    days = window.days
    return f"{days[0]} to {days[-1]}" if len(days) > 1 else f"{days[0]}"


def _find_doubts(comparison: Comparison) -> Iterator[str]:
    if comparison.extent is Extent.NOTHING:
        yield (
            "Nothing can be compared: the result has no room for the window before. Ask for fewer days, or "
            "narrow the question down."
        )
        return
    if comparison.extent is Extent.LARGEST:
        yield (
            "The result holds only the largest conversations of the window before: what seems new may be one "
            "of its smaller ones, and more may be gone."
        )
    yield from _doubt_logs(comparison)


def _doubt_logs(comparison: Comparison) -> Iterator[str]:
    if missing := list_missing(comparison.previous_coverage):
        yield f"What is new or grown is not sure, for logs of the window before are missing: {missing}."
    if comparison.previous_doubt:
        yield f"What is new or grown is not sure. {comparison.previous_doubt}"
    if missing := list_missing(comparison.coverage):
        yield f"What is gone is not sure, for logs of the asked window are missing: {missing}."
    if comparison.doubt:
        yield f"What is gone is not sure. {comparison.doubt}"
    if not comparison.compared.is_asked_over:
        last = "The asked window" if comparison.window.by_time else "The last day"
        yield f"{last} was not over yet: what seems gone may still come."
    if comparison.window.by_time:
        yield "Of hours, nothing is sure: it is known by the day whether the logs are complete."


def _say_nothing(comparison: Comparison) -> list[str]:
    """That nothing changed, where that is so."""
    if comparison.extent is Extent.NOTHING or _find_told(comparison):
        return []
    return ["No conversation was seen in one of the windows alone, and none has grown."]


def _find_told(comparison: Comparison) -> Sequence[ChangeList]:
    """The lists, also those that are empty, unless nothing changed at all."""
    return comparison.lists if any(listed.conversations for listed in comparison.lists) else ()


def _build_list(comparison: Comparison, listed: ChangeList, labels: Labels) -> str:
    rows = map(escape, _list_rows(comparison, listed, labels, "• "))
    return "\n".join([bold(_head_list(comparison, listed)), *rows])


def _head_list(comparison: Comparison, listed: ChangeList) -> str:
    if not listed.conversations:
        return f"{_SURE[listed.change]}: none seen"
    name = name_change(comparison, listed.change)
    amount = _write_amount(listed.change, listed.now, listed.previous, comparison.measure)
    return f"{name}: {count(listed.conversations, 'conversation')}, {amount}"


def _list_rows(comparison: Comparison, listed: ChangeList, labels: Labels, bullet: str) -> list[str]:
    shown = [f"{bullet}{_write_row(row, comparison.measure, labels)}" for row in listed.rows[:_SHOWN]]
    more = listed.conversations - len(shown)
    return [*shown, *([f"and {more:,} more"] if more > 0 else [])]


def _write_row(row: ChangedConversation, measure: Measure, labels: Labels) -> str:
    rejected = " (rejected)" if row.action == Action.REJECT else ""
    service = write_service(row.service_port, row.protocol)
    amount = _write_amount(row.change, row.now, row.previous, measure)
    ends = f"{labels.write(row.client)} to {labels.write(row.server)} on {service}{rejected}"
    return f"{ends}: {amount}{_write_seen(row)}"


def _write_amount(change: Change, now: Volume, previous: Volume, measure: Measure) -> str:
    if change is Change.NEW:
        return write_volume(now, measure)
    before = f"{write_volume(previous, measure)} before"
    return before if change is Change.GONE else f"{before}, {write_volume(now, measure)} now"


def _write_seen(row: ChangedConversation) -> str:
    """Since when there is what is new, and until when there was what is gone."""
    match row.change:
        case Change.NEW:
            return f", first {row.first_seen:%Y-%m-%d %H:%M} UTC"
        case Change.GONE:
            return f", last {row.last_seen:%Y-%m-%d %H:%M} UTC"
    return ""
