"""The rules of rich text: a block of its own, and a cell of tables."""

from bot.local_slack.element_rules import BLOCK_ID
from bot.local_slack.schema import (
    Record,
    boolean,
    by_type,
    items,
    number,
    one_of,
    text,
    typed,
)

_STYLE_NAMES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = Record({}, dict.fromkeys(_STYLE_NAMES, boolean))
_STYLED = {"style": _STYLE}

_INLINE = by_type(
    {
        "text": typed({"text": text(None, 1)}, _STYLED),
        "link": typed({"url": text(None, 1)}, {"text": text(), "unsafe": boolean, **_STYLED}),
        "emoji": typed({"name": text(None, 1)}, {"unicode": text(), "skin_tone": number(1, 6), **_STYLED}),
        "user": typed({"user_id": text(None, 1)}, _STYLED),
        "channel": typed({"channel_id": text(None, 1)}, _STYLED),
        "usergroup": typed({"usergroup_id": text(None, 1)}, _STYLED),
        "broadcast": typed({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "color": typed({"value": text(None, 1)}, _STYLED),
        "date": typed(
            {"timestamp": number(0, whole=True), "format": text(None, 1)},
            {"url": text(), "fallback": text(), **_STYLED},
        ),
    }
)
_INLINES = items(_INLINE)
_BORDER = {"border": number(0, 1, whole=True)}
_SECTION = typed({"elements": _INLINES}, {})

RICH_TEXT = typed(
    {
        "elements": items(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": typed(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": items(by_type({"rich_text_section": _SECTION}), least=1),
                        },
                        {"indent": number(0, 8, whole=True), "offset": number(0, whole=True), **_BORDER},
                    ),
                    "rich_text_preformatted": typed({"elements": _INLINES}, {**_BORDER, "language": text()}),
                    "rich_text_quote": typed({"elements": _INLINES}, _BORDER),
                }
            ),
            least=1,
        )
    },
    BLOCK_ID,
)
