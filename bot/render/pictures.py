"""The pictures of answers and of closer looks, as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from bot.domain.answer import Answer
from bot.domain.doubts import list_missing
from bot.domain.message import Block
from bot.domain.traffic import Traffic
from bot.domain.verdict import describe
from bot.domain.window import Window
from bot.render.chart_picture import lay_out_chart
from bot.render.csv_file import name_csv
from bot.render.drawing import Drawing, draw
from bot.render.network_picture import Caption, lay_out_networks

_TRUNCATED = "The result was cut: only the largest conversations are in this picture."


@dataclass(frozen=True)
class Picture:
    """A PNG with the name of its file, a title, and the words for whoever does not see it."""

    name: str
    title: str
    alt: str
    png: bytes


def draw_networks(answer: Answer, traffic: Traffic) -> Picture:
    """Who depends on whom, of an answer with conversations."""
    drawing = lay_out_networks(traffic, write_caption(answer))
    return _draw(drawing, f"networks_{name_csv(answer.question)}", "Who depends on whom")


def draw_chart(block: Block, csv_name: str) -> Picture:
    """A chart block, of an answer or a view whose CSV has this name."""
    return _draw(lay_out_chart(block), f"chart_{csv_name}", str(block["title"]))


def write_caption(answer: Answer) -> Caption:
    """What the picture of an answer means, and what keeps it from being the whole truth."""
    question, coverage = answer.question, answer.coverage
    action = question.filters.action
    warnings = [
        *([f"Only traffic with action {action} was asked about."] if action else []),
        *([_TRUNCATED] if answer.truncated else []),
        *([] if coverage.is_full else [f"The logs are not complete: {list_missing(coverage)}."]),
    ]
    title = f"Who depends on whom: traffic {describe(question)}"
    about = f"{_write_span(question.window)} (UTC), as far as flow logs tell"
    return Caption(title, about, tuple(warnings), has_accepted=not (action or answer.truncated))


def _write_span(window: Window) -> str:
    if window.by_time:
        return f"{window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M}"
    return " to ".join(dict.fromkeys(f"{day}" for day in (window.days[0], window.days[-1])))


def _draw(drawing: Drawing, csv_name: str, title: str) -> Picture:
    return Picture(PurePath(csv_name).with_suffix(".png").name, title, drawing.alt, draw(drawing))
