"""Runs as text, for the store."""

from __future__ import annotations

from dataclasses import replace

from cattrs.preconf.json import make_converter

from bot.domain.run import Run

_CONVERTER = make_converter()


def write_record(run: Run) -> str:
    """A run as JSON."""
    return _CONVERTER.dumps(run)


def read_record(text: str, *, epoch: int, cancelled_by: str) -> Run:
    """The run of a JSON; what others may have changed in the meantime has columns of its own."""
    return replace(_CONVERTER.loads(text, Run), epoch=epoch, cancelled_by=cancelled_by)
