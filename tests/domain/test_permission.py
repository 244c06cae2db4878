"""Who may: every combination of what a rule names and who somebody is."""

from __future__ import annotations

import pytest

from bot.domain.permission import Person, Policy, Refusal, Rule, parse_rule

ANA = Person("UANA", "CNET", frozenset({"SNET"}))
BEN = Person("WBEN", "COPS")

RULES = {
    "nothing": ("", True, True),
    "her": ("UANA", True, False),
    "him": ("WBEN", False, True),
    "her group": ("SNET", True, False),
    "another group": ("SALL", False, False),
    "him, or her group": ("WBEN SNET", True, True),
    "her channel": ("CNET", True, False),
    "both channels": ("CNET,COPS", True, True),
    "her in her channel": ("UANA CNET", True, False),
    "her in his channel": ("UANA COPS", False, False),
    "him in her channel": ("WBEN CNET", False, False),
    "her group in his channel": ("SNET COPS", False, False),
    "both in both": ("UANA, WBEN, CNET, COPS", True, True),
    "her group or him in his channel": ("SNET WBEN COPS", False, True),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_lets_whom_it_names(name: str) -> None:
    words, lets_ana, lets_ben = RULES[name]
    rule = parse_rule(words)
    assert (rule.lets(ANA), rule.lets(BEN)) == (lets_ana, lets_ben)


def test_the_words_of_a_rule() -> None:
    rule = parse_rule(" U01ABC,W02ABC  S03ABC,,C04ABC G05ABC, D06ABC U01ABC")
    users, groups = frozenset({"U01ABC", "W02ABC"}), frozenset({"S03ABC"})
    assert rule == Rule(users, groups, frozenset({"C04ABC", "G05ABC", "D06ABC"}))
    assert parse_rule(" , ") == Rule()


@pytest.mark.parametrize(
    "word",
    [
        "ana",
        "@ana",
        "#network",
        "u01abc",
        "U",
        "U1",
        "T01ABC",
        "<@U01ABC>",
        "U01ABC;U02ABC",
        "Ü01ABC",
        "U01ÄBC",
    ],
)
def test_a_word_that_is_no_id_is_named(word: str) -> None:
    """A rule with a word left out would be another rule."""
    with pytest.raises(ValueError, match=r"is no id of a user \(U… or W…\), a user group \(S…\)") as caught:
        parse_rule(f"U01ABC, {word}")
    assert str(caught.value).startswith(repr(word))


def test_a_refusal_says_what_and_whom() -> None:
    policy = Policy(ask=parse_rule("UANA"), change=parse_rule("UANA CNET"))
    assert policy.refuse_asking(ANA) is policy.refuse_changing(ANA) is None
    assert policy.refuse_asking(BEN) == Refusal("Questions may be asked", policy.ask)
    assert policy.refuse_changing(BEN) == Refusal("Blocks and names may be changed", policy.change)


def test_without_rules_everybody_may_and_nobody_is_admin() -> None:
    for person in (ANA, BEN):
        assert Policy().refuse_asking(person) is Policy().refuse_changing(person) is None
        assert not Policy().is_admin(person)


@pytest.mark.parametrize(
    ("words", "ana", "ben"),
    [("UANA", True, False), ("SNET", True, False), ("SNET WBEN", True, True), ("CNET COPS", False, False)],
)
def test_admins_are_named(words: str, ana: bool, ben: bool) -> None:
    """A channel alone makes nobody an administrator."""
    policy = Policy(admins=parse_rule(words))
    assert (policy.is_admin(ANA), policy.is_admin(BEN)) == (ana, ben)
