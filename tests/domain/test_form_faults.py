"""A form that is filled in wrongly: each fault at its field, and whatever passes can be asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command import parse_command
from bot.domain.form import DAYS, Form
from bot.domain.form_faults import build_scanned, find_faults, find_window_faults
from bot.domain.options import Limits
from bot.domain.scenario import Scenario
from bot.domain.window import Window

NOW = datetime(2026, 11, 23, 18, 23, tzinfo=UTC)
LIMITS = Limits(largest_days=100)
NAMES = {"vpc-a", "vpc-b"}
ASKED = Form(asked="vpc-b")

FAULTS = [
    (Form(), {"asked": "Choose a network here, or write a block below."}),
    (
        Form(asked_block="10.1.0.0/33"),
        {
            "asked_block": "“10.1.0.0/33” is not a CIDR block: write four numbers from 0 to 255 and a length from "
            "8 to 32."
        },
    ),
    (
        Form(asked_block="10.1.0.0/16 10.2.0.0/16"),
        {"asked_block": "Only one block or name can stand here, such as 10.1.0.0/16."},
    ),
    (
        Form(asked_block="days=3"),
        {"asked_block": "“days=3” is neither a block nor the name of a network."},
    ),
    (
        Form(asked_block="vpc-z"),
        {
            "asked_block": "There is no network named vpc-z: write a block, such as 10.1.0.0/16, or another name."
        },
    ),
    (replace(ASKED, home="vpc-b"), {"home": "Both sides are vpc-b: choose another here, or none."}),
    (
        replace(ASKED, port="443 99999"),
        {"port": "“99999” is neither a port from 0 to 65,535 nor the name of a service."},
    ),
    (replace(ASKED, until="2026-11-20"), {"since": "Choose the first day, too."}),
    (
        replace(ASKED, since="2026-11-24"),
        {"since": "That day is in the future: today is 2026-11-23 (UTC)."},
    ),
    (
        replace(ASKED, since="2026-11-20", until="2026-11-19"),
        {"until": "The last day is before the first one, 2026-11-20."},
    ),
    (
        replace(ASKED, since="2026-01-01"),
        {"since": "That makes 327 days, and 100 is the most."},
    ),
    (
        replace(ASKED, days=90, compare="previous"),
        {"compare": "With as many days before, that makes 180, and 100 is the most."},
    ),
]


@pytest.mark.parametrize(("form", "faults"), FAULTS)
def test_faults(form: Form, faults: dict[str, str]) -> None:
    assert find_faults(form, NAMES, NOW, LIMITS) == faults


@pytest.mark.parametrize(
    "form",
    [
        ASKED,
        Form(asked_block="VPC-A"),
        Form(asked="vpc-a", asked_block="10.1.0.0/16"),
        replace(ASKED, home="vpc-a", port="443, SSH;8000", days=90),
        replace(ASKED, since="2026-11-20", days=90, compare="previous"),
    ],
)
def test_form_without_fault(form: Form) -> None:
    assert find_faults(form, NAMES, NOW, LIMITS) == {}
    parse_command(form.write_line(), NOW, LIMITS)


def test_configured_home_network_needs_no_other() -> None:
    limits = replace(LIMITS, home_configured=True)
    assert find_faults(Form(Scenario.EXTERNAL), NAMES, NOW, limits) == {}
    assert "asked" in find_faults(Form(Scenario.PEERING), NAMES, NOW, limits)


def test_what_is_weighed_is_what_is_read() -> None:
    def read(form: Form) -> Window:
        return build_scanned(form, NOW, LIMITS.largest_days)

    assert len(read(replace(ASKED, days=10)).days) == 10
    assert len(read(replace(ASKED, days=10, compare="previous")).days) == 20
    chosen = read(replace(ASKED, since="2026-11-20", until="2026-11-21", compare="previous"))
    assert [chosen.days[0], chosen.days[-1]] == [date(2026, 11, 18), date(2026, 11, 21)]


DATES = st.one_of(
    st.just(""), st.dates(NOW.date() - timedelta(days=200), NOW.date() + timedelta(days=5)).map(str)
)


@given(st.sampled_from(DAYS), DATES, DATES, st.sampled_from(["", "previous"]), st.text())
def test_form_that_passes_can_always_be_asked(
    days: int, since: str, until: str, compare: str, port: str
) -> None:
    form = Form(asked="vpc-b", days=days, since=since, until=until, compare=compare, port=port)
    if not find_faults(form, NAMES, NOW, LIMITS):
        parse_command(form.write_line(), NOW, LIMITS)
    if not find_window_faults(form, NOW, LIMITS):
        build_scanned(form, NOW, LIMITS.largest_days)
