"""The messages of a run: the answer, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.answer import Answer
from bot.domain.conversation import Conversation
from bot.domain.labels import NO_LABELS, Labels
from bot.domain.message import Block, Message
from bot.domain.paths import write_paths
from bot.domain.question import Question
from bot.domain.verdict import Advice, Code
from bot.domain.wording import count
from bot.errors import RequestError
from bot.render.changes import build_changes
from bot.render.mrkdwn import bold, clip, code, context, escape, mention, preformatted, section
from bot.render.plain_text import (
    RIGHT_ALIGNED,
    TALKER_HEADINGS,
    build_cells,
    render_cost,
    render_coverage,
    render_problems,
    render_table,
    render_totals,
)
from bot.render.talker_chart import build_talker_chart

COMMAND = "/vpccidr"

_MARKS = {
    Code.IN_USE: ":large_blue_circle:",
    Code.ATTEMPTS_ONLY: ":large_orange_circle:",
    Code.UNUSED: ":white_circle:",
    Code.UNKNOWN: ":warning:",
    Advice.NOT_SAFE: ":red_circle:",
    Advice.UNTOLD: ":warning:",
    Advice.SAFE: ":large_green_circle:",
}
"""Where advice is given, its mark stands instead of the code's."""

_TABLE_ROWS = 100
_TABLE_CHARACTERS = 9_000
_MOST_PARTS = 45
_PART = 2_900  # a section takes 3,000


def build_answer_message(
    answer: Answer,
    line: str,
    user_id: str,
    notes: Sequence[str],
    labels: Labels = NO_LABELS,
    story: Sequence[Block] = (),
) -> Message:
    """The answer: verdict, coverage, totals, the table of talkers with their networks, and what it took.

    `story` is what whoever reads only the beginning must know besides; it stands below the coverage.
    """
    labels = labels.with_services(answer.services)
    head = [*_build_head(answer), *story, *_build_totals(answer, labels)]
    foot = [*build_changes(answer.comparison, labels), _build_foot(answer, line, user_id, notes)]
    table = [_build_table(answer.talkers, labels)] if answer.talkers else []
    simple = [preformatted(render_table(answer.talkers, labels))] if answer.talkers else []
    return Message(
        _notify(answer), (*head, *table, *build_talker_chart(answer), *foot), (*head, *simple, *foot)
    )


def build_failure(sentence: str, line: str, user_id: str) -> Message:
    """That a question could not be answered, and why: something whoever runs the bot must mend."""
    said = f":x: No answer: {escape(sentence)}"
    asked = f"Asked by {mention(user_id)}: {code(f'{COMMAND} {line}')}"
    return Message(clip(said), (section(said), context(asked)))


def build_refusal(error: RequestError) -> Message:
    """What is wrong with a request, and the line to type instead."""
    said = escape(error.sentence)
    blocks = [section(f":warning: {said}")]
    hint = ""
    if error.example:
        hint = f"Try {code(f'{COMMAND} {error.example}')}"
        blocks.append(section(hint))
    return Message(clip(f"{said} {hint}".strip()), tuple(blocks))


def build_note(sentence: str) -> Message:
    """A plain sentence."""
    said = escape(sentence)
    return Message(clip(said), (section(said),))


def build_text(text: str) -> Message:
    """Lines in fixed width, such as a list; over as many sections as they need, or as a message takes."""
    parts = _pack(text.splitlines())
    shown = [preformatted(part) for part in parts[:_MOST_PARTS]]
    left = sum(part.count("\n") + 1 for part in parts[_MOST_PARTS:])
    rest = [context(f"{count(left, 'more line')} would not fit into a message.")] if left else []
    return Message(clip(escape(text.partition("\n")[0])), (*shown, *rest))


def build_csv_comment(question: Question, *, cut: bool) -> str:
    """What stands above the CSV in the thread; `cut` tells that it does not hold all conversations."""
    if question.raw_rows:
        return f"The log's own records, up to {question.raw_rows:,} of them."
    if cut:
        return "The largest conversations, day by day: there are more than the CSV may hold."
    return "All conversations, day by day."


def _build_head(answer: Answer) -> list[Block]:
    mark = _MARKS[answer.verdict.advice or answer.verdict.code]
    verdict = section(f"{mark} {bold(answer.verdict.text)}")
    problems = render_problems(answer)
    listed = [section(":warning: " + "\n".join(map(escape, problems)))] if problems else []
    paths = write_paths(answer.question, answer.paths, answer.totals)
    ways = [section(escape(paths))] if paths else []
    return [verdict, context(escape(render_coverage(answer))), *listed, *ways]


def _build_totals(answer: Answer, labels: Labels) -> list[Block]:
    if not answer.talkers:
        return []
    shown = len(_fit_rows(answer.talkers, labels)) - 1  # the first row is the heading
    return [section(escape(render_totals(answer, shown)))]


def _build_foot(answer: Answer, line: str, user_id: str, notes: Sequence[str]) -> Block:
    asked = f"Asked by {mention(user_id)}: {code(f'{COMMAND} {line}')}"
    return context(*map(escape, notes), asked, escape(render_cost(answer)))


def _fit_rows(talkers: Sequence[Conversation], labels: Labels) -> list[tuple[str, ...]]:
    """The heading, and as many talkers as fit a table."""
    rows: list[tuple[str, ...]] = []
    size = 0
    for cells in (TALKER_HEADINGS, *(build_cells(talker, labels) for talker in talkers)):
        size += sum(map(len, cells))
        if len(rows) == _TABLE_ROWS or size > _TABLE_CHARACTERS:
            break
        rows.append(cells)
    return rows


def _build_table(talkers: Sequence[Conversation], labels: Labels) -> Block:
    rows = [[{"type": "raw_text", "text": cell} for cell in cells] for cells in _fit_rows(talkers, labels)]
    settings = [
        {"align": "right" if column in RIGHT_ALIGNED else "left"} for column in range(len(TALKER_HEADINGS))
    ]
    return {"type": "table", "rows": rows, "column_settings": settings}


def _notify(answer: Answer) -> str:
    table = f"\n{render_table(answer.talkers)}" if answer.talkers else ""
    return clip(escape(f"{answer.verdict.text}{table}"))


def _pack(lines: Iterable[str]) -> list[str]:
    """Lines joined into as few parts as fit a section each."""
    parts: list[str] = []
    for line in lines:
        if parts and len(escape(f"{parts[-1]}\n{line}")) < _PART:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [part for part in parts if part.strip()]
