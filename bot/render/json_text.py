"""The answer as one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from bot.domain.answer import Answer
from bot.domain.changes import ChangedConversation, ChangeList, Comparison, Extent, Volume
from bot.domain.conversation import Conversation
from bot.domain.paths import is_any_told
from bot.domain.view_answer import PathRow
from bot.render.changes import render_doubts
from bot.render.csv_file import write_moment

_ENDS = ("client", "server", "service_port", "protocol", "action")


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
        **({"paths": [_build_path(row) for row in answer.paths]} if is_any_told(answer.paths) else {}),
        **({"changes": _build_changes(answer.comparison)} if answer.comparison else {}),
    }


def _build_changes(comparison: Comparison) -> dict[str, Any]:
    """What changed, where that was asked; `possible` and `sure` say how far it can be trusted."""
    previous = comparison.compared.previous
    return {
        "since": write_moment(previous.since),
        "until": write_moment(previous.until),
        "possible": comparison.extent is not Extent.NOTHING,
        "doubts": render_doubts(comparison),
        **{listed.change.value: _build_list(comparison, listed) for listed in comparison.lists},
    }


def _build_list(comparison: Comparison, listed: ChangeList) -> dict[str, Any]:
    return {
        "sure": listed.change not in comparison.unsure,
        "conversations": listed.conversations,
        **_list_volumes(listed.now, listed.previous),
        "largest": [_build_changed(row) for row in listed.rows],
    }


def _build_changed(row: ChangedConversation) -> dict[str, Any]:
    ends = {name: getattr(row, name) for name in _ENDS}
    seen = {"first_seen": write_moment(row.first_seen), "last_seen": write_moment(row.last_seen)}
    return {**ends, **_list_volumes(row.now, row.previous), **seen}


def _list_volumes(now: Volume, previous: Volume) -> dict[str, int]:
    return asdict(now) | {f"previous_{name}": value for name, value in asdict(previous).items()}


def _build_path(row: PathRow) -> dict[str, Any]:
    """A way out, by AWS's numbers, the largest first; null where no record tells."""
    sums = row.sums
    return {
        "lowest_path": row.lowest_path,
        "highest_path": row.highest_path,
        "peering_path": row.peering_path,
        "conversations": sums.conversations,
        "flows": sums.flows,
        "packets": sums.packets,
        "bytes": sums.bytes,
    }


def _build_talker(talker: Conversation) -> dict[str, Any]:
    values = {field.name: getattr(talker, field.name) for field in fields(talker)}
    return {
        name: write_moment(value) if isinstance(value, datetime) else value for name, value in values.items()
    }
