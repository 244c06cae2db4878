"""`disconnect` says whether it is safe, who depends on the network, and offers to watch it."""

from tests.slack.conftest import PATIENCE_S, Channel
from tests.slack.test_answers import texts


def test_network_in_use_is_not_safe_and_its_users_are_named(channel: Channel) -> None:
    channel.ask("add 10.1.0.0/16 as vpc-b")
    message = channel.ask("disconnect vpc-b days=2")
    said = texts(message)
    assert ":red_circle: *Not safe to disconnect. In use: 1 accepted conversation with vpc-b" in said
    assert "10.1.0.9 (vpc-b) 5432/TCP postgresql is used by 10.0.0.5: 19.4 kB, last" in said
    kinds = [block["type"] for block in message["blocks"]]
    story = next(place for place, block in enumerate(message["blocks"]) if "is used by" in str(block))
    assert story < kinds.index("table")


def test_unused_network_is_safe_as_far_as_logs_can_tell(channel: Channel) -> None:
    said = texts(channel.ask("disconnect 10.9.0.0/16 days=2"))
    assert "*Safe to disconnect, as far as flow logs can tell. Unused: no traffic with 10.9.0.0/16" in said


def test_rejected_attempts_keep_nobody_from_disconnecting(channel: Channel) -> None:
    said = texts(channel.ask("disconnect 10.3.0.0/16 days=2"))
    assert (
        ":large_green_circle: *Safe to disconnect, as far as flow logs can tell. Only rejected attempts"
        in said
    )


def test_missing_days_make_it_untold(channel: Channel) -> None:
    """Thirty days are asked about by default, and two are logged."""
    said = texts(channel.ask("disconnect 10.9.0.0/16"))
    assert ":warning: *It cannot be told whether it is safe to disconnect. Unknown" in said
    assert "no logs of 28 of 30 days" in said


def test_one_port_does_not_make_a_network_safe(channel: Channel) -> None:
    """The network is in use on another port, which would be cut off as well."""
    said = texts(channel.ask("disconnect 10.1.0.0/16 days=2 port=9999"))
    assert "Safe to disconnect" not in said
    assert "*It cannot be told whether it is safe to disconnect: only traffic on port 9999 was asked" in said


def test_list_of_what_would_be_cut_off_says_where_it_may_lack_something(channel: Channel) -> None:
    """Two days are logged of thirty."""
    said = texts(channel.ask("disconnect 10.1.0.0/16"))
    assert "*What would be cut off, at least*" in said
    assert "Others may be missing: no logs of 28 of 30 days" in said
    whole = texts(channel.ask("disconnect 10.1.0.0/16 days=2"))
    assert "*What would be cut off*" in whole
    assert "Others may be missing" not in whole


def test_offer_watches_it_until_it_was_silent(channel: Channel) -> None:
    message = channel.ask("disconnect 10.1.0.0/16 days=2")
    channel.slack.click(message["ts"], "watch_silence")
    channel.slack.wait_for(lambda slack: "watches" in str(slack.messages()), PATIENCE_S)
    said = texts(channel.whisper("watches"))
    assert "disconnect 10.1.0.0/16 days=8" in said
    assert "every day at 09:00 (Etc/UTC), until silent for 7 days" in said
