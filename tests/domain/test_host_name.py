"""What people wrote into tags, made fit to be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.host_name import LONGEST_HOST_NAME, clean_host_name, shorten_middle


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("db-primary", "db-primary"),
        ("db_primary_1.internal", "db_primary_1.internal"),
        ("  web \n\t 1 ", "web 1"),
        ("", ""),
        ("\x00\x1b[31m", "[31m"),
        ("a\u202eb\u200bc", "a b c"),  # what turns the line around, or does not show
        ("*prod* `db` ~old~ _new_", "prod db old new"),
        ("<!channel> <@U1>", "!channel @U1"),
        ("https://evil.example/login", "evil.example/login"),
        (":fire:db", ": fire:db"),
        ("x" * 41, "x" * 20 + "…" + "x" * 19),
        ("база-1", "база-1"),
    ],
)
def test_name_as_it_is_shown(text: str, expected: str) -> None:
    assert clean_host_name(text) == expected


@given(st.text(max_size=300))
def test_whatever_is_typed_is_one_short_line_without_markup(text: str) -> None:
    name = clean_host_name(text)
    assert len(name) <= LONGEST_HOST_NAME
    assert name == " ".join(name.split())
    assert not set("*~`<>|") & set(name)
    assert not [each for each in name if unicodedata.category(each)[0] == "C"]
    assert not [word for word in name.split() if word != word.strip("_")] or "…" in name


@given(st.text(max_size=60), st.integers(3, 50))
def test_shortened_text_keeps_its_ends(text: str, longest: int) -> None:
    short = shorten_middle(text, longest)
    assert len(short) <= longest
    assert short == text or short.partition("…")[0] == text[: longest // 2]
