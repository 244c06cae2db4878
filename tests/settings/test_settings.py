"""Settings from the environment: every default, every new kind of value, and what is said of a wrong one."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bot.domain.permission import Rule, parse_rule
from bot.settings import Settings, SettingsError, load_settings


def test_without_variables_the_defaults_hold() -> None:
    """What is not read would keep its default whatever the variable says."""
    settings, defaults = load_settings({"HOME": "/home/ana"}), Settings()
    assert settings.data_dir == Path("/home/ana/.local/share/vpccidr")
    others = [name for name in (field.name for field in fields(Settings)) if name != "data_dir"]
    assert {name: getattr(settings, name) for name in others} == {
        name: getattr(defaults, name) for name in others
    }


def test_without_rules_everybody_may() -> None:
    settings = load_settings({})
    assert settings.ask_rule == settings.change_rule == settings.admins == Rule()


@pytest.mark.parametrize(
    ("variable", "field", "value", "expected"),
    [
        ("VPCCIDR_ASK_RULE", "ask_rule", "C01,S01", parse_rule("C01 S01")),
        ("VPCCIDR_CHANGE_RULE", "change_rule", " U01 ", parse_rule("U01")),
        ("VPCCIDR_ADMINS", "admins", "U01,S01", parse_rule("U01 S01")),
        ("VPCCIDR_RUNS_PER_USER", "runs_per_user", "0", 0),
        ("VPCCIDR_RUNS_PER_CHANNEL", "runs_per_channel", "7", 7),
        ("VPCCIDR_RUNS_AT_ONCE", "runs_at_once", "1", 1),
        ("VPCCIDR_RUN_MINUTES", "run_minutes", "1440", 1440),
        ("VPCCIDR_GRACE_S", "grace_s", "0", 0),
        ("VPCCIDR_LEASE_S", "lease_s", "5", 5),
        ("VPCCIDR_LOG_STYLE", "log_style", "JSON", "json"),
        ("VPCCIDR_AWS_RANGES", "aws_ranges", "/srv/ip-ranges.json", "/srv/ip-ranges.json"),
        ("VPCCIDR_AWS_RANGES", "aws_ranges", "https://a.example/b.json", "https://a.example/b.json"),
        ("VPCCIDR_EC2_REGIONS", "ec2_regions", "us-east-1, us-gov-west-1", ("us-east-1", "us-gov-west-1")),
    ],
)
def test_a_variable_decides(variable: str, field: str, value: str, expected: object) -> None:
    assert getattr(load_settings({variable: value}), field) == expected


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("VPCCIDR_ASK_RULE", "U01,#network", "VPCCIDR_ASK_RULE: '#network' is no id of a user"),
        ("VPCCIDR_CHANGE_RULE", "@ana", "VPCCIDR_CHANGE_RULE: '@ana' is no id of a user"),
        ("VPCCIDR_ADMINS", "U01,C01", "VPCCIDR_ADMINS names people, not channels: C01."),
        ("VPCCIDR_RUNS_PER_USER", "-1", "VPCCIDR_RUNS_PER_USER must be a number from 0 to 10,000."),
        ("VPCCIDR_RUN_MINUTES", "0", "VPCCIDR_RUN_MINUTES must be a number from 1 to 1,440."),
        ("VPCCIDR_LEASE_S", "1", "VPCCIDR_LEASE_S must be a number from 2 to 3,600."),
        ("VPCCIDR_LOG_STYLE", "xml", "VPCCIDR_LOG_STYLE must be text or json."),
        (
            "VPCCIDR_AWS_RANGES",
            "http://a.example/b.json",
            "VPCCIDR_AWS_RANGES must be a path, or an address that begins with https://.",
        ),
        ("VPCCIDR_EC2_REGIONS", "all", "VPCCIDR_EC2_REGIONS must be regions such as eu-central-1"),
    ],
)
def test_a_wrong_value_is_named(variable: str, value: str, said: str) -> None:
    """A rule that cannot be read must stop the bot, and not let everybody in."""
    with pytest.raises(SettingsError) as caught:
        load_settings({variable: value})
    assert str(caught.value).startswith(said)


def test_secrets_do_not_show() -> None:
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "VPCCIDR_STORE_URL")
    assert "hunter2" not in repr(load_settings(dict.fromkeys(names, "hunter2")))
