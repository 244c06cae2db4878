"""What people paste, mended: from a line as it arrives to the words that were meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.domain.help import OPTIONS
from bot.domain.protocols import PORTS, PROTOCOLS

QUOTED_LENGTH = 40

_VALUED = tuple(key for key in OPTIONS if key != "raw")
_KEYS = "|".join(OPTIONS)
_LISTED = ("port=", "proto=")

# Slack's own forms: <https://x|label>, <@U123|ana>, <#C123|general>, <!here>; and placeholders as in <PEER>.
_LINK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_SCHEME = re.compile(r"(?:https?|mailto|tel)://|(?:mailto|tel):", re.IGNORECASE)
_ITALIC = re.compile(r"(?<![^\s=,])_([^\s_](?:.*?[^\s_])?)_(?=[\s,.]|$)")
_SPACED_SLASH = re.compile(r"(?<=[0-9])\s*/\s*(?=[0-9])")
_GLUED_OPTION = re.compile(r",\s*(?=-*[A-Za-z]+\s*[=:])")
_ASSIGNED = re.compile(
    rf"(?<!\S)-*(?:({_KEYS})\s*(?:=>|:=|==?|:)|([A-Za-z]+)\s*(?:==?(?!>)))\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"[0-9]{1,3}\.[0-9]")

_QUOTES = dict.fromkeys("\"'`´*~“”„‟‘’‚‛«»‹›′″", "")  # noqa: RUF001 - these are what is mended
_DASHES = dict.fromkeys("‐‑‒–—―−﹣", "-")  # noqa: RUF001
_SLASHES = dict.fromkeys("⁄∕╱", "/")  # noqa: RUF001
_OTHERS = {";": " ", "→": " => ", "⇒": " => ", "➜": " => ", "、": ",", "。": "."}
_CHARACTERS = str.maketrans(_QUOTES | _DASHES | _SLASHES | _OTHERS)

_OPENING = "([{<,!|&"
_CLOSING = ")]}>,.!?|&"


def quote(text: str) -> str:
    """`text` in quotes as an error shows it: on one line, printable, cut to 40 characters."""
    shown = "".join(letter for letter in text[: 4 * QUOTED_LENGTH] if letter.isprintable())
    cut = shown if len(shown) <= QUOTED_LENGTH else shown[: QUOTED_LENGTH - 1] + "…"
    return f"“{cut}”"


def split_words(text: str) -> tuple[str, ...]:
    """The words of a line in the case they were typed in, options as `key=value`.

    Undoes what keyboards, chat programs and manuals make of a line: see the tests for all of it. Never
    raises; what cannot be mended stays as it is.
    """
    line = _mend_spacing(_mend_characters(_unfold_links(text)))
    opened = (_strip_opening(word) for word in line.split())
    joined = _join_values(word for word in opened if word)
    closed = (_strip_closing(word) for word in joined)
    return tuple(word for word in closed if word.strip("-=>&|:"))


def _unfold_links(text: str) -> str:
    unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    shown = _LINK.sub(lambda link: link[1] + (link[3] or link[2]), unescaped)
    return _SCHEME.sub("", shown)


def _mend_characters(text: str) -> str:
    visible = "".join(map(_mend_invisible, text))
    mended = unicodedata.normalize("NFKC", visible.translate(_CHARACTERS)).translate(_CHARACTERS)
    return _ITALIC.sub(r"\1", mended)


def _mend_invisible(letter: str) -> str:
    """A space for whatever breaks a line, and nothing for what has no width."""
    category = unicodedata.category(letter)
    if category in {"Cf", "Cs"} or "\ufe00" <= letter <= "\ufe0f":
        return ""
    return " " if category in {"Cc", "Zl", "Zp", "Zs"} else letter


def _mend_spacing(line: str) -> str:
    joined = _GLUED_OPTION.sub(" ", _SPACED_SLASH.sub("/", line))
    return _ASSIGNED.sub(lambda match: (match[1] or match[2]) + "=", joined)


def _strip_opening(word: str) -> str:
    bare = word.lstrip(_OPENING)
    return bare.lstrip("-") if bare.lstrip("-")[:1].isalpha() else bare


def _strip_closing(word: str) -> str:
    bare = word.rstrip(_CLOSING)
    bare = bare.removesuffix(":") if bare[:-1].isalnum() else bare
    return bare.rstrip("/") or bare


def _join_values(words: Iterable[str]) -> Iterator[str]:
    """Join `days 10`, and `port=443, 80`, which a space has cut in two."""
    last = ""
    for word in words:
        joined = _join(last, word)
        if joined is None:
            yield last
        last = word if joined is None else joined
    yield last


def _join(last: str, word: str) -> str | None:
    """The two words as one, or None where they are two."""
    key = last.lower()
    if not last:
        return word
    if key in {"from", "to"} and _ADDRESS.match(word):
        return word  # as people say it: incoming from 10.1.0.0/16
    if (key in _VALUED and not _is_option(word)) or (key == "raw" and word.isdecimal()):
        return f"{last}={word}"
    if key.startswith(_LISTED) and key.endswith(",") and _is_listed(word):
        return last + word
    return None


def _is_option(word: str) -> bool:
    return "=" in word or word.lower() in OPTIONS


def _is_listed(word: str) -> bool:
    return all(
        not each or each.isdecimal() or each in PORTS or each in PROTOCOLS for each in word.lower().split(",")
    )
