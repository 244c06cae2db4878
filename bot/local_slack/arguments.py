"""The arguments of a Web API call, however they were encoded."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.local_slack.errors import SlackRefusalError, refuse_arguments


class Arguments:
    """What a call was given. Forms carry texts, with JSON inside; JSON bodies carry the values themselves."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}

    def given(self) -> dict[str, Any]:
        """Answer all arguments, structures decoded."""
        return {name: _decoded(value) for name, value in self._values.items()}

    def has(self, name: str) -> bool:
        """Tell whether the argument was given."""
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        """Answer a text; numbers become one, as in a form."""
        return str(self._values.get(name, default))

    def required(self, name: str) -> str:
        """Answer a text that must be there."""
        value = self.text(name)
        if not value:
            raise refuse_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Answer a truth value, false where it was not given."""
        return self._values.get(name) in (True, "true", "True", "1", 1)

    def integer(self, name: str, default: int) -> int:
        """Answer a whole number, or raise Slack's refusal of anything else."""
        try:
            return int(self._values.get(name, default))
        except (TypeError, ValueError):
            raise refuse_arguments(f"must provide an integer [json-pointer:/{name}]") from None

    def structure(self, name: str) -> Any:
        """Answer a list or object; in a form it is JSON. None where it was not given."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackRefusalError("invalid_blocks_format" if name == "blocks" else "invalid_json") from None


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_arguments(request: web.Request) -> tuple[str | None, Arguments]:
    """Answer the token and the arguments of a call, from its header, query and body."""
    values: dict[str, Any] = dict(request.query)
    body = await request.read()
    if "json" in request.content_type:
        values |= _read_json(body)
    elif body:
        form = await request.post()
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
    token = values.pop("token", None)
    header = request.headers.get("Authorization", "")
    return (header.removeprefix("Bearer ").strip() or token), Arguments(values)


def _read_json(body: bytes) -> dict[str, Any]:
    # The SDK labels a call without arguments as JSON and sends nothing.
    try:
        values = json.loads(body) if body.strip() else {}
    except ValueError:
        raise SlackRefusalError("invalid_json") from None
    if not isinstance(values, dict):
        raise SlackRefusalError("json_not_object")
    return values
