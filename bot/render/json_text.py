"""The answer as one JSON object."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from bot.domain.answer import Answer
from bot.domain.conversation import Conversation
from bot.render.csv_file import write_moment


def render_json(answer: Answer) -> str:
    """The answer as one JSON object on one line; times are ISO 8601 in UTC, coverage counts records."""
    return json.dumps(_build(answer), ensure_ascii=False)


def _build(answer: Answer) -> dict[str, Any]:
    question, coverage, totals = answer.question, answer.coverage, answer.totals
    window = question.window
    return {
        "scenario": question.scenario.value,
        "blocks": [str(block) for block in question.blocks],
        "window": {
            "since": write_moment(window.since),
            "until": write_moment(window.until),
            "days": len(window.days),
        },
        "coverage": {
            "days_asked": len(coverage.days_asked),
            "days_present": len(coverage.days_present),
            "ok": coverage.ok,
            "nodata": coverage.nodata,
            "skipdata": coverage.skipdata,
        },
        "totals": {
            "conversations": totals.conversations,
            "flows": totals.flows,
            "packets": totals.packets,
            "bytes": totals.bytes,
        },
        "truncated": answer.truncated,
        "verdict": {"code": answer.verdict.code.value, "text": answer.verdict.text},
        "talkers": [_build_talker(talker) for talker in answer.talkers],
        "cost": {"scanned_bytes": answer.cost.scanned_bytes, "usd": answer.cost.usd},
        "problems": [{"file": problem.file, "reason": problem.reason} for problem in coverage.problems],
    }


def _build_talker(talker: Conversation) -> dict[str, Any]:
    values = {field.name: getattr(talker, field.name) for field in fields(talker)}
    return {
        name: write_moment(value) if isinstance(value, datetime) else value for name, value in values.items()
    }
