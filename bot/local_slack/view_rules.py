"""Which views Slack takes: modals and Home tabs."""

from collections.abc import Iterator
from typing import Any

from bot.local_slack import limits
from bot.local_slack.block_rules import VIEW_BLOCKS, find_problems, refuse
from bot.local_slack.element_rules import plain_text
from bot.local_slack.errors import refuse_arguments
from bot.local_slack.schema import Check, Problem, boolean, by_type, text, typed

_COMMON: dict[str, Check] = {
    "callback_id": text(limits.ID),
    "private_metadata": text(limits.VIEW_METADATA),
    "external_id": text(limits.ID),
}


def _input_needs_submit(value: Any, pointer: str) -> Iterator[Problem]:
    kinds = [block["type"] for block in value["blocks"]]
    if "input" in kinds and "submit" not in value:
        yield Problem(f"{pointer}/submit", "must define `submit` to use an `input` block in modals")


VIEW = by_type(
    {
        "modal": typed(
            {"title": plain_text(limits.VIEW_TITLE), "blocks": VIEW_BLOCKS},
            {
                **_COMMON,
                "close": plain_text(limits.VIEW_BUTTON),
                "submit": plain_text(limits.VIEW_BUTTON),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            _input_needs_submit,
        ),
        "home": typed({"blocks": VIEW_BLOCKS}, _COMMON),
    }
)


def require_view(view: Any, kind: str) -> dict[str, Any]:
    """Answer a view of this kind as it is, or raise Slack's refusal of it."""
    problems = find_problems(VIEW, view, "/view")
    if any("/blocks" in problem.pointer for problem in problems):
        raise refuse("invalid_blocks", problems)
    if problems:
        raise refuse_arguments(*(str(problem).removeprefix("[ERROR] ") for problem in problems))
    if view["type"] != kind:
        raise refuse_arguments(f"unsupported type: {view['type']} [json-pointer:/view/type]")
    checked: dict[str, Any] = view
    return checked
