"""The Web API methods of the views family, and blocks.validate."""

from collections.abc import Mapping
from typing import Any

from bot.local_slack.arguments import Arguments
from bot.local_slack.block_rules import MESSAGE_BLOCKS, find_problems, require_message_blocks
from bot.local_slack.chat_api import Answer, Method
from bot.local_slack.errors import SlackRefusalError, refuse_arguments
from bot.local_slack.schema import Problem
from bot.local_slack.view_rules import VIEW, require_view
from bot.local_slack.views import View
from bot.local_slack.world import World


def _view_of(arguments: Arguments, kind: str) -> View:
    view = arguments.structure("view")
    if view is None:
        raise refuse_arguments("missing required field: view")
    return require_view(view, kind)


def open_view(world: World, arguments: Arguments) -> Answer:
    """Open a modal for the person whose trigger this is."""
    trigger_id = arguments.required("trigger_id")
    user_id = world.triggers.require(trigger_id)
    view = _view_of(arguments, "modal")
    opened = world.views.open(user_id, view, world.triggers.find_channel(trigger_id))
    world.triggers.spend(trigger_id)
    return {"ok": True, "view": opened}


def push(world: World, arguments: Arguments) -> Answer:
    """Put a modal on top of the one that this person has open."""
    trigger_id = arguments.required("trigger_id")
    user_id = world.triggers.require(trigger_id)
    view = _view_of(arguments, "modal")
    pushed = world.views.push(user_id, view)
    world.triggers.spend(trigger_id)
    return {"ok": True, "view": pushed}


def update(world: World, arguments: Arguments) -> Answer:
    """Show other content in a view that is still open."""
    old = world.views.find(
        view_id=arguments.text("view_id") or None, external_id=arguments.text("external_id") or None
    )
    if old is None or old["type"] != "modal":
        raise SlackRefusalError("not_found")
    if arguments.has("hash") and arguments.text("hash") != old["hash"]:
        raise SlackRefusalError("hash_conflict")
    return {"ok": True, "view": world.views.update(old, _view_of(arguments, "modal"))}


def publish(world: World, arguments: Arguments) -> Answer:
    """Show a Home tab to a person."""
    user = world.require_user(arguments.required("user_id"))
    home = world.views.home(user.id)
    if arguments.has("hash") and home and arguments.text("hash") != home["hash"]:
        raise SlackRefusalError("hash_conflict")
    return {"ok": True, "view": world.views.publish(user.id, _view_of(arguments, "home"))}


def validate(_world: World, arguments: Arguments) -> Answer:
    """Tell what is wrong with blocks, a message or a view; exactly one of them."""
    given = [name for name in ("blocks", "message", "view") if arguments.has(name)]
    if len(given) != 1:
        raise refuse_arguments("must provide one of: blocks, message, view")
    value = arguments.structure(given[0])
    if given[0] == "message":
        value = value.get("blocks", []) if isinstance(value, dict) else None
    problems = find_problems(VIEW if given[0] == "view" else MESSAGE_BLOCKS, value)
    if problems:
        raise SlackRefusalError(f"invalid_{given[0]}", errors=[_explain(each) for each in problems])
    if given[0] != "view":
        require_message_blocks(value)
    return {"ok": True}


def _explain(problem: Problem) -> dict[str, Any]:
    return {"pointer": problem.pointer, "code": "failed_constraint", "message": problem.message}


VIEWS_METHODS: Mapping[str, Method] = {
    "views.open": open_view,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
    "blocks.validate": validate,
}
