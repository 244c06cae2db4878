"""The grammar at its edges: what is understood."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.domain.cidr import parse_block
from bot.domain.command import Add, Ask, Command, Help, Limits, ListBlocks, Operand, Remove, parse_command
from bot.domain.question import Action, Compared, Filters, Measure
from bot.domain.scenario import Scenario
from bot.domain.window import Window, build_window_of_days
from bot.errors import RequestError

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
HOME = parse_block("10.0.0.0/16")
PEER = parse_block("10.1.0.0/16")


def ask(scenario: Scenario, *operands: Operand, **changed: Any) -> Ask:
    """The question with every option at its default, but for those named."""
    defaults: dict[str, Any] = {
        "window": build_window_of_days(10, NOW, 366),
        "filters": Filters(),
        "measure": Measure.BYTES,
        "top": 10,
        "raw_rows": 0,
    }
    return Ask(scenario, operands, **(defaults | changed))


def internal(**changed: Any) -> Ask:
    return ask(Scenario.INTERNAL, "vpc-a", **changed)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


UNDERSTOOD: dict[str, tuple[str, Command]] = {
    "nothing": ("", Help()),
    "only spaces": (" \t\u00a0 ", Help()),
    "a question mark": ("?", Help()),
    "the command itself": ("/vpccidr", Help()),
    "the command again": ("/vpccidr list", ListBlocks()),
    "a mention first": ("<@U123> list", ListBlocks()),
    "help": ("help", Help()),
    "--help": ("--help", Help()),
    "-h": ("-h", Help()),
    "help on a verb": ("HELP Peering", Help("peering")),
    "help on an option": ("help days", Help()),
    "a verb and help": ("peering --help", Help("peering")),
    "list": ("List", ListBlocks()),
    "add": ("add 10.1.0.0/16", Add(PEER)),
    "add with a name": ("add 10.1.0.0/16 AS VPC-A", Add(PEER, "vpc-a")),
    "the shortest name": ("add 10.1.0.0/16 as a", Add(PEER, "a")),
    "the longest name": ("add 10.1.0.0/16 as " + "a" * 63, Add(PEER, "a" * 63)),
    "a name of hex digits": ("remove dead.beef", Remove("dead.beef")),
    "host bits": ("add 10.1.2.3/16", Add(parse_block("10.1.2.3/16"))),
    "remove a block": ("remove 10.1.0.0/16", Remove(PEER)),
    "remove a name": ("remove VPC-A", Remove("vpc-a")),
    "remove what is too large to add": ("remove 10.0.0.0/7", Remove(parse_block("10.0.0.0/7", 1))),
    "external": ("external 10.0.0.0/16", ask(Scenario.EXTERNAL, HOME)),
    "peering": ("peering 10.1.0.0/16", ask(Scenario.PEERING, PEER)),
    "a pair": ("peering 10.0.0.0/16 10.1.0.0/16", ask(Scenario.PEERING, HOME, PEER)),
    "a name and a block": ("inadvertent vpc-b 10.0.0.0/16", ask(Scenario.INADVERTENT, "vpc-b", HOME)),
    "incoming": ("incoming from 10.1.0.0/16 to 10.0.0.0/16", ask(Scenario.INCOMING, PEER, HOME)),
    "options before the block": ("internal top=5 vpc-a", internal(top=5)),
    "one day": ("internal vpc-a days=1", internal(window=Window(at(23), at(24)))),
    "the most days": ("internal vpc-a days=366", internal(window=build_window_of_days(366, NOW, 366))),
    "from a day": ("internal vpc-a from=2026-11-20", internal(window=Window(at(20), at(24)))),
    "between days": (
        "internal vpc-a to=2026-11-21 from=2026-11-20",
        internal(window=Window(at(20), at(22))),
    ),
    "from a time": (
        "internal vpc-a from=2026-11-20T10:30",
        internal(window=Window(at(20, 10, 30), NOW, by_time=True, is_settled=False)),
    ),
    "seconds and Z": (
        "internal vpc-a from=2026-11-20T10:30:00z to=2026-11-21T00:00:00.000+00:00",
        internal(window=Window(at(20, 10, 30), at(21), by_time=True)),
    ),
    "another offset": (
        "internal vpc-a from=2026-11-20T01:00+05:30",
        internal(window=Window(at(19, 19, 30), NOW, by_time=True, is_settled=False)),
    ),
    "an offset without a colon": (
        "internal vpc-a from=2026-11-20T01:00-0800",
        internal(window=Window(at(20, 9), NOW, by_time=True, is_settled=False)),
    ),
    "the least top": ("internal vpc-a top=1", internal(top=1)),
    "the most top": ("internal vpc-a top=100", internal(top=100)),
    "by packets": ("internal vpc-a by=Packets", internal(measure=Measure.PACKETS)),
    "by flows": ("internal vpc-a by flows", internal(measure=Measure.FLOWS)),
    "accepted": ("internal vpc-a action=accept", internal(filters=Filters(action=Action.ACCEPT))),
    "allow": ("internal vpc-a action=ALLOW", internal(filters=Filters(action=Action.ACCEPT))),
    "rejected": ("internal vpc-a action=rejected", internal(filters=Filters(action=Action.REJECT))),
    "deny": ("internal vpc-a action=deny", internal(filters=Filters(action=Action.REJECT))),
    "ports": ("internal vpc-a port=443,SSH,80,443", internal(filters=Filters(ports=(22, 80, 443)))),
    "the ends of the ports": ("internal vpc-a port=0,65535", internal(filters=Filters(ports=(0, 65535)))),
    "protocols": ("internal vpc-a proto=UDP,tcp,1", internal(filters=Filters(protocols=(1, 6, 17)))),
    "the ends of the protocols": (
        "internal vpc-a proto=0,255",
        internal(filters=Filters(protocols=(0, 255))),
    ),
    "rdp the port and RDP the protocol": (
        "internal vpc-a port=rdp proto=rdp",
        internal(filters=Filters(ports=(3389,), protocols=(27,))),
    ),
    "raw": ("internal vpc-a raw", internal(raw_rows=10_000)),
    "the least raw": ("internal vpc-a raw=1", internal(raw_rows=1)),
    "the most raw": ("internal vpc-a raw 10000", internal(raw_rows=10_000)),
    "compared": (
        "internal vpc-a compare=previous",
        internal(compared=Compared(Window(at(4), at(14)), is_asked_over=False)),
    ),
    "compared in one word": (
        "internal vpc-a from=2026-11-21 to=2026-11-22 compare",
        internal(window=Window(at(21), at(23)), compared=Compared(Window(at(19), at(21)))),
    ),
    "hours compared": (
        "internal vpc-a from=2026-11-20T10:30 to=2026-11-20T12:00 COMPARE = Previous",
        internal(
            window=Window(at(20, 10, 30), at(20, 12), by_time=True),
            compared=Compared(Window(at(20, 9), at(20, 10, 30), by_time=True)),
        ),
    ),
    "said twice": ("internal vpc-a top=5 --TOP 5", internal(top=5)),
}


@pytest.mark.parametrize(("text", "command"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_understood(text: str, command: Command) -> None:
    assert parse_command(text, NOW) == command


def test_home_may_be_left_out_where_it_is_configured() -> None:
    """What is asked about the home network alone can go without a block: the others need one to ask about."""
    limits = Limits(home_configured=True)
    for scenario in (Scenario.EXTERNAL, Scenario.INTERNAL):
        assert parse_command(f"{scenario} days=10", NOW, limits) == ask(scenario)
    for verb in ("peering", "inadvertent", "incoming"):
        with pytest.raises(RequestError):
            parse_command(verb, NOW, limits)


def test_limits_bound_the_defaults() -> None:
    """What is not typed must not exceed what may be typed."""
    asked = parse_command("internal vpc-a raw", NOW, Limits(largest_days=3, largest_top=5, raw_rows=7))
    assert asked == internal(window=build_window_of_days(3, NOW, 3), top=5, raw_rows=7)


@pytest.mark.parametrize(("largest", "days"), [(366, 10), (15, 7), (2, 1)])
def test_example_of_comparing_fits_the_limits(largest: int, days: int) -> None:
    """Both windows are read, so that either has at most half of what may be read."""
    limits = Limits(largest_days=largest)
    with pytest.raises(RequestError) as refused:
        parse_command("internal vpc-a compare=last", NOW, limits)
    assert refused.value.example == f"internal vpc-a days={days} compare=previous"
    parse_command(refused.value.example, NOW, limits)


def test_one_day_has_nothing_to_be_compared_with() -> None:
    limits = Limits(largest_days=1)
    with pytest.raises(RequestError, match="that makes 2 days, and 1 is the most") as refused:
        parse_command("internal vpc-a compare=previous", NOW, limits)
    assert parse_command(refused.value.example, NOW, limits)


def test_default_days_come_from_the_limits() -> None:
    asked = parse_command("internal vpc-a", NOW, Limits(default_days=2))
    assert asked == internal(window=build_window_of_days(2, NOW, 366))


def test_today_is_the_day_in_utc() -> None:
    """Whoever passes a local time gets the days of UTC: the logs know no other."""
    asked = parse_command(
        "internal vpc-a days=1", datetime(2026, 11, 24, 1, tzinfo=timezone(timedelta(hours=2)))
    )
    assert isinstance(asked, Ask)
    assert asked.window.days == (date(2026, 11, 23),)
