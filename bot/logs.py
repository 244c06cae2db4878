"""The log: lines for people or for machines, each with the run that it is about, none with a secret.

Secrets are taken out where a line is written, not where it is logged: so nothing gets around it, be it an
argument, an exception's text, or what a library logs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

TEXT, JSON = "text", "json"

_run: ContextVar[str] = ContextVar("run", default="")


def configure_logging(style: str, level: int = logging.INFO) -> None:
    """Log to standard error as `text` or `json`; called again, the new style takes the old one's place.

    Raises ValueError for another style.
    """
    if style not in {TEXT, JSON}:
        raise ValueError(f"a log's style is {TEXT} or {JSON}, not {style!r}")
    from bot.log_lines import JsonFormatter, TextFormatter  # noqa: PLC0415 - a question logs nothing

    handler = _Handler()
    handler.setFormatter(TextFormatter() if style == TEXT else JsonFormatter())
    root = logging.getLogger()
    for earlier in [held for held in root.handlers if isinstance(held, _Handler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level)


@contextmanager
def about_run(run_id: str) -> Iterator[None]:
    """Whatever this thread logs inside carries the run's id."""
    token = _run.set(run_id)
    try:
        yield
    finally:
        _run.reset(token)


class _Handler(logging.StreamHandler[Any]):
    """Writes to standard error; adds the run to each record, unless it was logged with one of its own."""

    def handle(self, record: logging.LogRecord) -> bool:
        record.run = getattr(record, "run", "") or _run.get()
        return bool(super().handle(record))
