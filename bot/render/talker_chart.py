"""The largest talkers as a chart."""

from __future__ import annotations

from bot.domain.answer import Answer
from bot.domain.conversation import Conversation
from bot.domain.message import Block
from bot.domain.question import Measure

_MOST_BARS = 5  # of more, Slack cuts the labels
_LABEL = 20
_NAMES = {Measure.BYTES: "Bytes", Measure.PACKETS: "Packets", Measure.FLOWS: "Flows"}


def build_talker_chart(answer: Answer) -> list[Block]:
    """A bar for each of the five largest talkers, in the table's order; nothing of fewer than two.

    A label has 20 characters, too few for two addresses: it is the talker's row in the table, and its server.
    """
    talkers = answer.talkers[:_MOST_BARS]
    if len(talkers) < 2:  # noqa: PLR2004 - one bar compares with nothing
        return []
    measure = answer.question.measure
    name = _NAMES[measure]
    labels = [_label(row, talker.server) for row, talker in enumerate(talkers, 1)]
    values = [_measure(talker, measure) for talker in talkers]
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    axes = {"categories": labels, "x_label": "Row of the table, and its server", "y_label": name}
    chart = {"type": "bar", "series": [{"name": name, "data": points}], "axis_config": axes}
    return [{"type": "data_visualization", "title": _entitle(answer, name, len(talkers)), "chart": chart}]


def _entitle(answer: Answer, name: str, shown: int) -> str:
    found = answer.totals.conversations
    return f"{name}: the {shown} largest of {found:,}" if found > shown else f"{name} of the {shown} talkers"


def _label(row: int, server: str) -> str:
    """The row tells talkers apart; of a long address, its end tells more than its beginning."""
    label = f"{row} {server}"
    return label if len(label) <= _LABEL else f"{row} …{server[-(_LABEL - len(str(row)) - 2) :]}"


def _measure(talker: Conversation, measure: Measure) -> int:
    return {Measure.BYTES: talker.bytes, Measure.PACKETS: talker.packets, Measure.FLOWS: talker.flows}[
        measure
    ]
