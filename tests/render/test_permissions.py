"""What somebody reads who may not."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from bot.domain.permission import Refusal, Rule, parse_rule
from bot.local_slack import LocalSlack, LocalSlackSettings
from bot.render.permissions import build_no_permission, render_refusal

MANY = " ".join(f"U0{n:02}" for n in range(13))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("C01", "only in <#C01>."),
        ("C02 C01 G03", "only in <#C01>, <#C02> or <#G03>."),
        ("D01", "only in the direct message D01."),
        ("U01", "only by <@U01>."),
        ("W02 U01 S03", "only by <!subteam^S03>, <@U01> or <@W02>."),
        ("U01 C01 C02", "only by <@U01>, and only in <#C01> or <#C02>."),
        (MANY, f"only by {', '.join(f'<@U0{n:02}>' for n in range(10))} or 3 more."),
    ],
)
def test_the_sentence(words: str, expected: str) -> None:
    assert (
        render_refusal(Refusal("Questions may be asked", parse_rule(words)))
        == f"Questions may be asked {expected}"
    )


def test_what_is_no_id_is_no_markup() -> None:
    """A rule that did not come from parse_rule cannot mention everybody, either."""
    said = render_refusal(Refusal("X", Rule(users=frozenset({"U1><!channel>"}))))
    assert "<!channel>" not in said


def test_slack_takes_the_message() -> None:
    words = " ".join(f"U{n:020} S{n:020} C{n:020}" for n in range(200))
    message = build_no_permission(Refusal("Questions may be asked", parse_rule(words)))
    with LocalSlack(LocalSlackSettings(rate_limits_on=False)) as slack:
        client = WebClient(slack.bot_token, base_url=slack.web_api_url)
        assert client.chat_postMessage(channel="C0NETWORK0", text=message.text, blocks=list(message.blocks))[
            "ok"
        ]
