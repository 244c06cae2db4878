"""The one table that `make bench` prints and, where asked to, writes into a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- begin: make bench -->", "<!-- end: make bench -->"
_HEAD = ("what", "figure", "against", "ratio", "target")


@dataclass(frozen=True)
class Row:
    """One figure, what it is compared with, their ratio and what the ratio is meant to be."""

    what: str
    figure: str
    against: str = ""
    ratio: str = ""
    target: str = ""


def compare(what: str, ours: float, theirs: float, against: str, target: str, unit: str = "s") -> Row:
    """A row whose ratio is ours over theirs: below 1 is less than they need."""
    ratio = f"{ours / theirs:.2f}" if theirs else "-"
    return Row(what, f"{ours:.3g} {unit}", f"{against}: {theirs:.3g} {unit}", ratio, target)


def render(rows: Sequence[Row]) -> str:
    """The rows as a table of Markdown."""
    lines = [_HEAD, ("---",) * len(_HEAD)]
    lines += [(row.what, row.figure, row.against, row.ratio, row.target) for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write_between_marks(document: Path, table: str) -> None:
    """Replace what stands between the two marks. Raises ValueError where they are not there."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{document} has no place for the table")
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
