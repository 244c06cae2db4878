"""The rules of Block Kit's composition objects and of the elements that sit inside blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.local_slack import limits
from bot.local_slack.schema import (
    Check,
    Problem,
    Record,
    boolean,
    by_type,
    items,
    needs_any,
    number,
    one_of,
    text,
    typed,
)


def plain_text(most: int, least: int = 1) -> Check:
    """Accept a plain_text object of at most `most` characters."""
    return by_type({"plain_text": typed({"text": text(most, least)}, {"emoji": boolean})})


def any_text(most: int, least: int = 1) -> Check:
    """Accept a plain_text or mrkdwn object of at most `most` characters."""
    return by_type(
        {
            "plain_text": typed({"text": text(most, least)}, {"emoji": boolean}),
            "mrkdwn": typed({"text": text(most, least)}, {"verbatim": boolean}),
        }
    )


ACTION_ID = {"action_id": text(limits.ID, 1)}
BLOCK_ID = {"block_id": text(limits.ID)}
URL = text(limits.URL, 1)

CONFIRM = Record(
    {
        "title": plain_text(limits.CONFIRM_TITLE),
        "text": any_text(limits.CONFIRM_TEXT),
        "confirm": plain_text(limits.CONFIRM_BUTTON),
        "deny": plain_text(limits.CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)


def _option(label: Check, *, url: bool = False) -> Check:
    optional: dict[str, Check] = {"description": any_text(limits.OPTION_TEXT)}
    if url:
        optional["url"] = URL
    return Record({"text": label, "value": text(limits.OPTION_VALUE)}, optional)


_PLAIN_OPTION = _option(plain_text(limits.OPTION_TEXT))
_OVERFLOW_OPTION = _option(plain_text(limits.OPTION_TEXT), url=True)
_CHOICE = _option(any_text(limits.OPTION_TEXT))
_OPTIONS = items(_PLAIN_OPTION, least=1, most=limits.SELECT_OPTIONS)
_GROUPS = items(
    Record({"label": plain_text(limits.OPTION_TEXT), "options": _OPTIONS}),
    least=1,
    most=limits.SELECT_OPTIONS,
)
_CHOICES = items(_CHOICE, least=1, most=limits.CHOICE_OPTIONS)


def _all_options(value: dict[str, Any]) -> list[Any]:
    groups = value.get("option_groups", [])
    return [*value.get("options", []), *(option for group in groups for option in group["options"])]


def _initial_is_offered(value: Any, pointer: str) -> Iterator[Problem]:
    """Refuse an initial choice that is not among the options."""
    offered = _all_options(value)
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for option in chosen:
        if option not in offered:
            yield Problem(pointer, "initial option must exactly match one of the options")


_PLACEHOLDER: Mapping[str, Check] = {"placeholder": plain_text(limits.PLACEHOLDER)}
_FOCUS: Mapping[str, Check] = {"focus_on_load": boolean}
_COMMON: Mapping[str, Check] = {**ACTION_ID, "confirm": CONFIRM, **_FOCUS}
_DISPATCH = Record(
    {},
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), least=1, most=2)},
)


def _select(**own: Check) -> Check:
    return typed({}, {**_COMMON, **_PLACEHOLDER, **own})


_STATIC = {"options": _OPTIONS, "option_groups": _GROUPS}
_NEEDS_OPTIONS = needs_any("options", "option_groups")
_MOST_SELECTED = {"max_selected_items": number(1, whole=True)}

STATIC_SELECT = typed(
    {},
    {**_COMMON, **_PLACEHOLDER, **_STATIC, "initial_option": _PLAIN_OPTION},
    _NEEDS_OPTIONS,
    _initial_is_offered,
)
MULTI_STATIC_SELECT = typed(
    {},
    {**_COMMON, **_PLACEHOLDER, **_STATIC, **_MOST_SELECTED, "initial_options": _OPTIONS},
    _NEEDS_OPTIONS,
    _initial_is_offered,
)
BUTTON = typed(
    {"text": plain_text(limits.BUTTON_TEXT)},
    {
        **ACTION_ID,
        "url": URL,
        "value": text(limits.BUTTON_VALUE),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": text(limits.BUTTON_TEXT),
    },
)
OVERFLOW = typed(
    {"options": items(_OVERFLOW_OPTION, least=1, most=limits.OVERFLOW_OPTIONS)},
    {**ACTION_ID, "confirm": CONFIRM},
)
RADIO_BUTTONS = typed({"options": _CHOICES}, {**_COMMON, "initial_option": _CHOICE}, _initial_is_offered)
CHECKBOXES = typed({"options": _CHOICES}, {**_COMMON, "initial_options": _CHOICES}, _initial_is_offered)
IMAGE = typed(
    {"alt_text": text(limits.ALT_TEXT, 1)},
    {"image_url": URL, "slack_file": Record({}, {"url": URL, "id": text()})},
    needs_any("image_url", "slack_file"),
)
PLAIN_TEXT_INPUT = typed(
    {},
    {
        **ACTION_ID,
        **_FOCUS,
        **_PLACEHOLDER,
        "initial_value": text(limits.INPUT_TEXT),
        "multiline": boolean,
        "min_length": number(0, limits.INPUT_TEXT, whole=True),
        "max_length": number(1, limits.INPUT_TEXT, whole=True),
        "dispatch_action_config": _DISPATCH,
    },
)
NUMBER_INPUT = typed(
    {"is_decimal_allowed": boolean},
    {
        **ACTION_ID,
        **_FOCUS,
        **_PLACEHOLDER,
        "initial_value": text(),
        "min_value": text(),
        "max_value": text(),
        "dispatch_action_config": _DISPATCH,
    },
)

SELECTS: Mapping[str, Check] = {
    "static_select": STATIC_SELECT,
    "multi_static_select": MULTI_STATIC_SELECT,
    "users_select": _select(initial_user=text()),
    "channels_select": _select(initial_channel=text(), response_url_enabled=boolean),
    "conversations_select": _select(
        initial_conversation=text(), default_to_current_conversation=boolean, response_url_enabled=boolean
    ),
    "multi_users_select": _select(initial_users=items(text()), **_MOST_SELECTED),
    "multi_channels_select": _select(initial_channels=items(text()), **_MOST_SELECTED),
}
PICKERS: Mapping[str, Check] = {
    "datepicker": _select(initial_date=text(10)),
    "timepicker": _select(initial_time=text(5), timezone=text()),
    "datetimepicker": typed({}, {**_COMMON, "initial_date_time": number(0, whole=True)}),
}
CHOICES: Mapping[str, Check] = {"radio_buttons": RADIO_BUTTONS, "checkboxes": CHECKBOXES}
TEXT_INPUTS: Mapping[str, Check] = {
    "plain_text_input": PLAIN_TEXT_INPUT,
    "number_input": NUMBER_INPUT,
    "email_text_input": _select(initial_value=text(), dispatch_action_config=_DISPATCH),
    "url_text_input": _select(initial_value=text(), dispatch_action_config=_DISPATCH),
}
BUTTONS: Mapping[str, Check] = {"button": BUTTON, "overflow": OVERFLOW}

IN_ACTIONS = by_type({**BUTTONS, **SELECTS, **PICKERS, **CHOICES})
IN_ACCESSORY = by_type({**BUTTONS, **SELECTS, **PICKERS, **CHOICES, "image": IMAGE})
IN_INPUT = by_type({**SELECTS, **PICKERS, **CHOICES, **TEXT_INPUTS})
IN_CONTEXT = by_type(
    {
        "image": IMAGE,
        "plain_text": plain_text(limits.TEXT_OBJECT),
        "mrkdwn": any_text(limits.TEXT_OBJECT),
    }
)
