"""What a person has put into the elements of a message or a view."""

from collections.abc import Iterator
from typing import Any

Element = dict[str, Any]

# The field of an action that carries what was chosen, and the field of the element that presets it.
_VALUE_FIELDS = {
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
}
_LISTS = {"selected_options", "selected_users", "selected_channels"}
_OPTION_FIELDS = {"selected_option", "selected_options"}


def elements_of(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Element]]:
    """Yield each interactive element with the block it is in."""
    for block in blocks:
        inside = block.get("elements", []) if block["type"] == "actions" else []
        single = [block[name] for name in ("accessory", "element") if name in block]
        for element in [*inside, *single]:
            if "action_id" in element:
                yield block, element


def build_choice(element: Element, value: Any) -> Element:
    """Answer the fields that tell what was put into an element.

    `value` is what a person sees as chosen: an option's value (a list of them where several may be chosen),
    a text, a date, or the option itself. None means what the element was preset with.
    """
    kind = element["type"]
    if kind == "button":
        return {name: element[name] for name in ("text", "value") if name in element}
    if kind == "overflow":
        return {"selected_option": _find_option(element, value)}
    name, preset = _VALUE_FIELDS[kind]
    if value is None:
        return {name: element.get(preset, [] if name in _LISTS else None)}
    if name in _OPTION_FIELDS:
        chosen = [_find_option(element, each) for each in (value if isinstance(value, list) else [value])]
        return {name: chosen if name in _LISTS else chosen[0]}
    return {name: value}


def _find_option(element: Element, value: Any) -> Element:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    wanted = value["value"] if isinstance(value, dict) else value
    found = next((option for option in options if option["value"] == wanted), None)
    if found is None:
        offered = ", ".join(repr(option["value"]) for option in options)
        raise ValueError(f"no option has the value {wanted!r}; there are {offered}")
    return dict(found)


def view_state(blocks: list[dict[str, Any]], entered: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Answer the `state.values` of blocks: block id, then action id, then what was put in.

    `entered` has values as `build_choice` takes them, under the same two ids.
    """
    state: dict[str, Any] = {}
    for block, element in elements_of(blocks):
        if element["type"] in _VALUE_FIELDS:
            value = entered.get(block["block_id"], {}).get(element["action_id"])
            fields = {"type": element["type"], **build_choice(element, value)}
            state.setdefault(block["block_id"], {})[element["action_id"]] = fields
    return state


def missing_inputs(blocks: list[dict[str, Any]], state: dict[str, Any]) -> dict[str, str]:
    """Answer what Slack itself says under inputs that cannot be submitted, by block id."""
    return {
        block["block_id"]: problem
        for block, element in elements_of(blocks)
        if block["type"] == "input"
        and (problem := _input_problem(block, element, state[block["block_id"]][element["action_id"]]))
    }


def _input_problem(block: dict[str, Any], element: Element, fields: Element) -> str | None:
    value = fields[_VALUE_FIELDS[element["type"]][0]]
    if value in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] == "plain_text_input":
        return _length_problem(element, len(value))
    if element["type"] == "number_input":
        return _number_problem(element, value)
    return None


def _length_problem(element: Element, length: int) -> str | None:
    if length < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if length > element.get("max_length", length):
        return f"Please enter at most {element['max_length']} characters."
    return None


def _number_problem(element: Element, value: str) -> str | None:
    try:
        number = float(value) if element["is_decimal_allowed"] else int(value)
    except ValueError:
        return "Please enter a valid number."
    if number < float(element.get("min_value", number)):
        return f"Please enter a number of at least {element['min_value']}."
    if number > float(element.get("max_value", number)):
        return f"Please enter a number of at most {element['max_value']}."
    return None
