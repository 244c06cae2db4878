"""Names of hosts: what people wrote into tags and descriptions, made fit to be shown."""

from __future__ import annotations

import re
import unicodedata

LONGEST_HOST_NAME = 40
"""Characters of the longest name that is shown anywhere."""

_SCHEME = re.compile(r"\w+://")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_MARKUP = str.maketrans(dict.fromkeys("*~`<>|", " "))


def clean_host_name(text: str) -> str:
    """A text on one short line, without control characters and without what Slack takes for markup.

    Underscores stay within words, where they format nothing. Empty where nothing is left.
    """
    seen = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text[:1_000])
    plain = _EMOJI.sub(": ", _SCHEME.sub("", seen.translate(_MARKUP)))
    words = [word for each in plain.split() if (word := each.strip("_"))]
    return shorten_middle(" ".join(words), LONGEST_HOST_NAME)


def shorten_middle(text: str, longest: int) -> str:
    """A text of at most `longest` characters (3 or more), without its middle: names differ at their ends."""
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head]}…{text[head + 1 - longest :]}"
