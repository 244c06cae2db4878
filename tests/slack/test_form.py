"""The form, for people who do not know the grammar."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.cidr import parse_block
from bot.domain.form import Form, choose
from bot.domain.permission import Rule
from bot.domain.registration import Listing
from bot.domain.scenario import ROLES, Scenario
from bot.render.form import build_form
from tests.slack.conftest import PATIENCE_S, Channel, open_channel
from tests.slack.test_answers import texts


def open_form(channel: Channel) -> None:
    channel.slack.type_command("/vpccidr")
    channel.slack.wait_for(lambda slack: "costs nothing" in str(slack.views()), PATIENCE_S)


def test_bare_command_opens_the_form_and_its_question_is_answered(channel: Channel) -> None:
    open_form(channel)
    assert (
        channel.slack.submit_view(values={"asked_block": "10.1.0.0/16", "port": "5432", "form_days": "3"})
        == {}
    )
    answered = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S
    )
    assert "/vpccidr peering 10.1.0.0/16 days=3 port=5432" in texts(answered[0])


def test_what_is_wrong_is_said_in_the_form_and_nothing_typed_is_lost(channel: Channel) -> None:
    open_form(channel)
    errors = channel.slack.submit_view(values={"asked_block": "10.1.0.0.0/16"})
    assert errors == {
        "asked_block": "“10.1.0.0.0/16” is not a CIDR block: write four numbers from 0 to 255 and a length from 8 to 32."
    }
    assert channel.slack.views()
    assert channel.slack.messages() == []


def test_each_fault_is_said_below_its_own_input_and_in_the_form_s_words(channel: Channel) -> None:
    channel.ask("add 10.1.0.0/16 as vpc-b")
    open_form(channel)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    values = {"home": "vpc-b", "asked": "vpc-b", "port": "443, htps", "form_since": f"{tomorrow}"}
    errors = channel.slack.submit_view(values=values)
    assert errors == {
        "home": "Both sides are vpc-b: choose another here, or none.",
        "port": "“htps” is neither a port from 0 to 65,535 nor the name of a service.",
        "since": f"That day is in the future: today is {tomorrow - timedelta(days=1)} (UTC).",
    }
    assert "asked" in channel.slack.submit_view(values={"asked_block": ""})
    assert channel.slack.views()


def test_form_asks_about_days_of_its_own(channel: Channel) -> None:
    open_form(channel)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    view = channel.slack.views()[-1]
    channel.slack.click_view(view["id"], "form_until", value=f"{yesterday}")
    channel.slack.wait_for(lambda slack: "Choose the first day, too." in str(slack.views()), PATIENCE_S)
    values = {"asked_block": "10.1.0.0/16", "form_since": f"{yesterday}", "form_until": f"{yesterday}"}
    assert channel.slack.submit_view(values=values) == {}
    answered = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S
    )
    assert f"/vpccidr peering 10.1.0.0/16 from={yesterday} to={yesterday}" in texts(answered[0])


def test_who_may_not_ask_there_is_told_at_the_conversation(logs: Path, tmp_path: Path) -> None:
    elsewhere = {"ask_rule": Rule(channels=frozenset({"C0ELSEWHERE"}))}
    with open_channel(logs, tmp_path / "state", elsewhere) as channel:
        open_form(channel)
        errors = channel.slack.submit_view(values={"asked_block": "10.1.0.0/16"})
        assert errors == {"channel": "You may not ask questions in that conversation."}


def test_networks_are_offered_by_name(channel: Channel) -> None:
    channel.ask("add 10.1.0.0/16 as vpc-b")
    open_form(channel)
    channel.slack.submit_view(values={"asked": "vpc-b"})
    answered = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S
    )
    assert "/vpccidr peering vpc-b days=10" in texts(answered[0])


def test_home_tab_shows_networks_and_questions_and_opens_the_form(channel: Channel) -> None:
    channel.ask("add 10.1.0.0/16 as vpc-b")
    channel.ask("peering vpc-b days=2")
    channel.slack.open_home()
    home = str(channel.slack.wait_for(lambda slack: slack.home(), PATIENCE_S))
    assert "vpc-b" in home
    assert ": in use" in home
    assert f"you in <#{channel.slack.channel()['id']}>" in home
    assert "peering vpc-b days=2" in home


def test_shortcut_opens_the_form_for_the_conversation_in_view(channel: Channel) -> None:
    channel.slack.use_global_shortcut("ask")
    channel.slack.wait_for(lambda slack: "costs nothing" in str(slack.views()), PATIENCE_S)
    assert channel.slack.submit_view(values={"asked_block": "10.1.0.0/16", "form_days": "3"}) == {}
    channel.slack.wait_for(lambda slack: "In use" in str(slack.messages()), PATIENCE_S)


def test_form_that_cannot_be_shown_leaves_help(channel: Channel) -> None:
    channel.slack.fail_next("views.open", "expired_trigger_id")
    assert "What vpccidr can tell you" in texts(channel.whisper(""))


def test_form_compares(channel: Channel) -> None:
    open_form(channel)
    values = {"asked_block": "10.1.0.0/16", "form_days": "1", "form_compare": "previous"}
    assert channel.slack.submit_view(values=values) == {}
    answered = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "In use" in m["text"]], PATIENCE_S
    )
    assert "/vpccidr peering 10.1.0.0/16 days=1 compare=previous" in texts(answered[0])
    assert "Changes against the window before" in texts(answered[0])


def test_form_that_is_updated_stays_as_it_was_filled_in() -> None:
    """The estimate is told by building the form anew."""
    form = build_form(Listing((), {}), Form(days=3, compare="previous"), "", "C1")
    chosen = {
        block["block_id"]: block["element"]["initial_option"]["value"]
        for block in form["blocks"]
        if "initial_option" in block.get("element", {})
    }
    assert chosen == {"scenario": "peering", "days_peering": "3", "compare": "previous"}


def test_question_beside_a_network_is_answered_without_typing(channel: Channel) -> None:
    channel.ask("add 10.1.0.0/16 as vpc-b")
    channel.slack.open_home()
    home = channel.slack.wait_for(lambda slack: slack.home(), PATIENCE_S)
    channel.slack.click_view(home["id"], "ask_disconnect")
    channel.slack.wait_for(lambda slack: "costs nothing" in str(slack.views()), PATIENCE_S)
    assert channel.slack.submit_view(values={"channel": channel.slack.channel()["id"]}) == {}
    answered = channel.slack.wait_for(
        lambda slack: [m for m in slack.messages() if "Not safe to disconnect" in m["text"]], PATIENCE_S
    )
    assert "/vpccidr disconnect vpc-b days=30" in texts(answered[0])
    channel.slack.wait_for(lambda slack: "disconnect vpc-b" in str(slack.home()), PATIENCE_S)


def test_form_takes_the_days_of_its_question_and_keeps_what_was_chosen() -> None:
    asked = choose("disconnect", Form(asked="vpc-b"))
    assert asked.write_line() == "disconnect vpc-b days=30"
    assert choose("external", asked).write_line() == "external vpc-b days=10"
    assert choose("disconnect", Form(asked="vpc-b", days=90)).days == 90


def test_the_other_side_is_asked_for_only_where_it_counts() -> None:
    """Else what was chosen there would be left out of the question without a word."""
    asked = {
        scenario: any(
            block["block_id"] == "home"
            for block in build_form(Listing((), {}), Form(scenario), "x")["blocks"]
        )
        for scenario in Scenario
    }
    assert asked == {scenario: ROLES[scenario].takes_home for scenario in Scenario}


def test_of_very_many_networks_the_chosen_one_stays_chosen() -> None:
    """A menu takes a hundred; the others can be typed, and the form says how many they are."""
    networks = {f"net-{n}": (parse_block(f"10.{n}.0.0/16").block,) for n in range(200)}
    form = build_form(
        Listing(tuple(blocks[0] for blocks in networks.values()), networks), Form(asked="net-199"), "x"
    )
    blocks = {block["block_id"]: block for block in form["blocks"]}
    assert blocks["asked"]["element"]["initial_option"]["value"] == "net-199"
    assert blocks["asked_block"]["label"]["text"] == "…or a block instead, or the name of one of 100 more"
    assert blocks["home"]["element"]["type"] == "plain_text_input"
