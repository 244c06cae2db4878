"""`@vpccidr …` does what the command does, in a thread, where slash commands cannot be typed."""

from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import texts


def test_mention_is_answered_in_its_thread_with_the_csv(channel: Channel) -> None:
    channel.slack.say("@vpccidr peering 10.1.0.0/16 days=2")
    (mention,) = channel.slack.messages()
    replies = channel.slack.wait_for(
        lambda slack: [r for r in slack.replies("network", mention["ts"]) if "files" in r], PATIENCE_S
    )
    file, _ = replies[0]["files"]
    assert file["name"].startswith("peering_10_1_0_0_16_")
    (answer,) = [r for r in channel.slack.replies("network", mention["ts"]) if "files" not in r]
    assert "In use" in texts(answer)
    assert len(channel.slack.messages()) == 1


def test_wrong_mention_is_told_to_its_author_alone(channel: Channel) -> None:
    channel.slack.say("@vpccidr peerin 10.1.0.0/16", user="ben")
    whispered = channel.slack.wait_for(lambda slack: slack.ephemerals("ben"), PATIENCE_S)
    assert "the nearest is peering" in texts(whispered[0])


def test_adding_by_mention_is_told_in_the_thread(channel: Channel) -> None:
    channel.slack.say("@vpccidr add 10.7.0.0/16 as vpc-x")
    (mention,) = channel.slack.messages()
    (said,) = channel.thread(mention)
    assert "10.7.0.0/16 is registered as vpc-x" in texts(said)
