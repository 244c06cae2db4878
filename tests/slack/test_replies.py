"""What is not a question: the registry, help, and errors that only the person who made them sees."""

import pytest

from bot.domain.help import HELP
from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import texts


def test_error_goes_to_its_author_alone(channel: Channel) -> None:
    """Nobody else has to read another's typing errors."""
    whispered = channel.whisper("peerin 10.1.0.0/16", user="ben")
    assert "There is no command “peerin”: the nearest is peering." in texts(whispered)
    assert "Try `/vpccidr peering 10.1.0.0/16`" in texts(whispered)
    assert channel.slack.messages() == []
    assert channel.slack.ephemerals("ana") == []


def test_unknown_network_goes_to_its_author_alone(channel: Channel) -> None:
    whispered = channel.whisper("peering nobody")
    assert "There is no network named nobody; there are no networks yet." in texts(whispered)
    assert channel.slack.messages() == []


def test_adding_is_told_to_all_and_twice_changes_nothing(channel: Channel) -> None:
    first = texts(channel.ask("add 10.7.3.0/16 as vpc-x"))
    assert "10.7.3.0/16 has host bits set, so 10.7.0.0/16 is meant." in first
    assert "10.7.0.0/16 is registered as vpc-x: 65,536 addresses in 10_7_0_0_16.csv." in first
    assert "is registered as vpc-x already; nothing changed" in texts(channel.ask("add 10.7.0.0/16 as vpc-x"))


def test_overlap_is_told(channel: Channel) -> None:
    channel.ask("add 10.7.0.0/16")
    assert "It shares addresses with 10.7.0.0/16" in texts(channel.ask("add 10.7.9.0/24"))


def test_network_of_two_blocks_is_asked_by_name(channel: Channel) -> None:
    channel.ask("add 10.8.0.0/24 as vpc-y")
    channel.ask("add 10.1.0.0/24 as vpc-y")
    assert "1 accepted conversation with vpc-y" in texts(channel.ask("peering VPC-Y days=2"))


def test_list_and_remove(channel: Channel) -> None:
    channel.ask("add 10.7.0.0/16 as vpc-x")
    assert "10.7.0.0/16       65,536  vpc-x" in texts(channel.whisper("list"))
    expansion = channel.settings.data_dir / "expansions" / "10_7_0_0_16.csv"
    assert expansion.exists()
    assert "The network vpc-x is gone, and with it 10.7.0.0/16." in texts(channel.ask("remove vpc-x"))
    assert not expansion.exists()
    assert "No block is registered yet." in texts(channel.whisper("list"))
    assert "10.7.0.0/16 is not registered." in texts(channel.whisper("remove 10.7.0.0/16"))


@pytest.mark.parametrize("line", ["help", "HELP"])
def test_help_shows_every_verb_with_a_line_that_works(channel: Channel, line: str) -> None:
    said = texts(channel.whisper(line))
    for entry in HELP.values():
        assert entry.answers in said
        assert f"`/vpccidr {entry.examples[0]}`" in said


def test_help_of_one_verb(channel: Channel) -> None:
    said = texts(channel.whisper("help peering"))
    assert all(f"`/vpccidr {example}`" in said for example in HELP["peering"].examples)


def test_what_people_type_cannot_mention_or_format(channel: Channel) -> None:
    """A typed <!channel> would wake everybody."""
    line = "peering 10.1.0.0/16 days=2 <!channel> `*x*`"
    assert "<!" not in texts(channel.whisper(line)).replace("<@", "")


def test_two_people_ask_at_once(channel: Channel) -> None:
    for user in ("ana", "ben"):
        channel.slack.type_command("/vpccidr internal 10.0.0.0/16 days=2", user=user)
    both = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "is reading" not in m["text"]][1:] and slack.messages(),
        PATIENCE_S,
    )
    said = "\n".join(texts(message) for message in both)
    assert all(f"<@{channel.slack.user_id(user)}>" in said for user in ("ana", "ben"))
