"""Whatever chats, wikis and word processors did to a line must not cost a question."""

import pytest

from bot.domain.paste import quote, split_words

MEANT = ("peering", "10.1.0.0/16", "days=10")

ONE_LINE = {
    "as typed": "peering 10.1.0.0/16 days=10",
    "no-break space": "peering\u00a010.1.0.0/16\u00a0days=10",
    "narrow and ideographic spaces": "peering\u202f10.1.0.0/16\u3000days=10",
    "tab and line break": "peering\t10.1.0.0/16\r\ndays=10",
    "byte order mark": "\ufeffpeering 10.1.0.0/16 days=10",
    "zero-width characters": "peer\u200bing 10.1.\u200d0.0/16 da\u2060ys=10",
    "variation selector": "peering\ufe0f 10.1.0.0/16 days=10",
    "lone surrogate": "peering\ud800 10.1.0.0/16 days=10",
    "smart quotes": "peering “10.1.0.0/16” days=‘10’",  # noqa: RUF001
    "straight quotes": "peering '10.1.0.0/16' days=\"10\"",
    "guillemets": "peering «10.1.0.0/16» days=10",
    "code": "`peering 10.1.0.0/16 days=10`",
    "code block": "```peering 10.1.0.0/16 days=10```",
    "bold": "*peering* *10.1.0.0/16* *days=10*",
    "italic words": "_peering_ _10.1.0.0/16_ _days=10_",
    "italic line": "_peering 10.1.0.0/16 days=10_",
    "struck": "~peering~ 10.1.0.0/16 days=10",
    "link with a label": "peering <http://10.1.0.0/16|10.1.0.0/16> days=10",
    "link without a label": "peering <https://10.1.0.0/16> days=10",
    "escaped link": "peering &lt;http://10.1.0.0/16|10.1.0.0/16&gt; days=10",
    "bare address of a page": "peering http://10.1.0.0/16/ days=10",
    "placeholder brackets": "peering <10.1.0.0/16> days=10",
    "escaped placeholder": "peering &lt;10.1.0.0/16&gt; days=10",
    "other brackets": "peering [10.1.0.0/16] (days=10)",
    "space before the slash": "peering 10.1.0.0 /16 days=10",
    "space after the slash": "peering 10.1.0.0/ 16 days=10",
    "other slashes": "peering 10.1.0.0⁄16 days=10",  # noqa: RUF001
    "full-width": "peering\u300010.1.0.0／１６ days＝１０",  # noqa: RUF001
    "full stop": "peering 10.1.0.0/16 days=10.",
    "commas": "peering, 10.1.0.0/16, days=10,",
    "comma without a space": "peering 10.1.0.0/16,days=10",
    "semicolons": "peering; 10.1.0.0/16;days=10;",
    "colon after the verb": "peering: 10.1.0.0/16 days=10",
    "question": "peering 10.1.0.0/16 days=10?",
    "two dashes": "peering 10.1.0.0/16 --days=10",
    "two dashes and a space": "peering 10.1.0.0/16 --days 10",
    "one dash": "peering 10.1.0.0/16 -days 10",
    "em dash": "peering 10.1.0.0/16 —days=10",
    "en dash": "peering 10.1.0.0/16 –days 10",  # noqa: RUF001
    "spaces around the sign": "peering 10.1.0.0/16 days = 10",
    "space before the sign": "peering 10.1.0.0/16 days =10",
    "space for the sign": "peering 10.1.0.0/16 days 10",
    "colon for the sign": "peering 10.1.0.0/16 days: 10",
    "arrow for the sign": "peering 10.1.0.0/16 days => 10",
    "escaped arrow": "peering 10.1.0.0/16 days=&gt;10",
    "double sign": "peering 10.1.0.0/16 days == 10",
    "loose punctuation": "peering - 10.1.0.0/16 -> | & days=10 !",
}


@pytest.mark.parametrize("text", ONE_LINE.values(), ids=ONE_LINE)
def test_one_line_in_many_clothes(text: str) -> None:
    """Every way of writing one line gives the same words."""
    assert split_words(text) == MEANT


OTHER_LINES = {
    "nothing": ("", ()),
    "only what cannot be seen": ("\u200b \ufeff\u00a0", ()),
    "only punctuation": ("?!, … — => ` *", ()),
    "case is kept": ("PEERING VPC-A", ("PEERING", "VPC-A")),
    "dashes within a name": ("internal vpc–a", ("internal", "vpc-a")),  # noqa: RUF001
    "underscores within a name": ("internal vpc_a_b", ("internal", "vpc_a_b")),
    "dates with en dashes": ("from=2026–11–20", ("from=2026-11-20",)),  # noqa: RUF001
    "a time keeps its colons": ("to: 2026-11-20T10:30", ("to=2026-11-20T10:30",)),
    "arrow between blocks": ("a → b => c", ("a", "b", "c")),
    "a list after port": ("port=443, 80, ssh raw", ("port=443,80,ssh", "raw")),
    "a list after proto": ("proto tcp, UDP vpc-a", ("proto=tcp,UDP", "vpc-a")),
    "a block after a list": ("port=443, 10.1.0.0/16", ("port=443", "10.1.0.0/16")),
    "no list after days": ("days=3, 10.1.0.0/16", ("days=3", "10.1.0.0/16")),
    "from before a block": ("incoming from 10.1.0.0/16", ("incoming", "10.1.0.0/16")),
    "from before a day": ("from 2026-11-20 to 2026-11-21", ("from=2026-11-20", "to=2026-11-21")),
    "raw before a number": ("raw 100", ("raw=100",)),
    "raw before a word": ("raw vpc-a", ("raw", "vpc-a")),
    "an option without its value": ("days top=5", ("days", "top=5")),
    "an unknown option": ("dys = 5", ("dys=5",)),
    "a mention with a label": ("<@U123|ana> list", ("@ana", "list")),
    "a mention without one": ("<@U123> list", ("@U123", "list")),
    "a channel": ("<#C123|general>", ("#general",)),
    "IPv6": ("add 2001:db8::/32", ("add", "2001:db8::/32")),
    "IPv6 that ends in colons": ("add 2001:db8::", ("add", "2001:db8::")),
    "a protocol with signs": ("proto=a/n,tp++", ("proto=a/n,tp++",)),
}


@pytest.mark.parametrize(("text", "words"), OTHER_LINES.values(), ids=OTHER_LINES)
def test_words(text: str, words: tuple[str, ...]) -> None:
    """What looks like clothing and is not stays; what a space has cut in two is one again."""
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", "“abc”"),
        ("a" * 39, "“" + "a" * 39 + "”"),
        ("a" * 40, "“" + "a" * 40 + "”"),
        ("a" * 41, "“" + "a" * 39 + "…”"),
        ("a\nb\x1b[31m\u202e\ud800", "“ab[31m”"),
        ("", "“”"),
    ],
    ids=["short", "one under", "at the limit", "one over", "unprintable", "empty"],
)
def test_quote(text: str, shown: str) -> None:
    """An error repeats what was typed, but neither its line breaks nor a page of it."""
    assert quote(text) == shown


def test_long_lines_are_read_in_time() -> None:
    """No pattern may run away on a hostile line: each of these is thousands of almost-matches."""
    for piece in ("_ ", "_a", "<", "<@", "a ", "1 /", "days ", "port=1, ", ", -a", "((((", "= "):
        assert isinstance(split_words(piece * (3_000 // len(piece))), tuple)
