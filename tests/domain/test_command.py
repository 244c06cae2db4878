"""The grammar at its edges: what is understood, and the one sentence for what is not."""

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


VERBS = "external, peering, inadvertent, internal, incoming, add, remove, disconnect, watch, watches, pause, resume, unwatch, runs, cancel, list, help"
NAME_RULE = "a name begins with a letter and has up to 63 letters, digits, dots, dashes and underscores."
NOT_A_BLOCK = "is not a CIDR block: write four numbers from 0 to 255 and a length from 8 to 32."
NOT_A_TIME = "is not a day or a time in UTC, such as 2026-11-23 or 2026-11-23T10:30."
SPACE_RULE = "put a space between two blocks, or add both as one name."
PAIR = "internal vpc-a from=2026-11-21 to=2026-11-23"

REFUSED = {
    "a near verb": (
        "perring 10.1.0.0/16 days=3",
        "There is no command “perring”: the nearest is peering.",
        "peering 10.1.0.0/16",
    ),
    "a near verb alone": (
        "extrenal",
        "There is no command “extrenal”: the nearest is external.",
        "external 10.1.0.0/16",
    ),
    "no verb": ("frobnicate", f"There is no command “frobnicate”: there are {VERBS}.", "help"),
    "runs of something": ("runs 3f", "runs stands alone, and “3f” is too much.", "runs"),
    "cancel alone": ("cancel", "cancel takes one run, and its id is missing: cancel RUN.", "runs"),
    "cancel two": (
        "cancel abcd efgh",
        "cancel takes one run, and “efgh” is one word too many: cancel RUN.",
        "runs",
    ),
    "cancel what is no id": (
        "cancel %_",
        "“%_” is not the id of a run; runs lists them with their ids.",
        "runs",
    ),
    "cancel misspelled": ("cancle abcd", "There is no command “cancle”: the nearest is cancel.", "runs"),
    "a number": ("94070", f"There is no command “94070”: there are {VERBS}.", "help"),
    "a block alone": (
        "10.2.0.0/16",
        "Say first what to ask or do, and then “10.2.0.0/16”.",
        "peering 10.2.0.0/16",
    ),
    "a block first": (
        "10.2.0.0/16 internal days=3",
        "Say first what to ask or do, and then “10.2.0.0/16”.",
        "internal 10.2.0.0/16",
    ),
    "a name first": (
        "vpc-a add 10.2.0.0/16",
        "Say first what to ask or do, and then “vpc-a”.",
        "add 10.2.0.0/16",
    ),
    "help on nothing": (
        "help perring",
        "There is no command “perring”: the nearest is peering.",
        "help peering",
    ),
    "no block": (
        "peering",
        "peering needs a block or a network's name: peering [HOME] PEER.",
        "peering 10.1.0.0/16",
    ),
    "no home": ("external days=3", "external needs a block or a network's name: external HOME.", None),
    "one block too many": (
        "internal vpc-a vpc-b",
        "internal takes one block (internal HOME), and “vpc-b” is one too many.",
        "internal vpc-a",
    ),
    "a third block": (
        "peering a b c",
        "peering takes one or two blocks (peering [HOME] PEER), and “c” is one too many.",
        "peering a b",
    ),
    "two blocks in one": (
        "peering 10.0.0.0/16,10.1.0.0/16",
        f"“10.0.0.0/16,10.1.0.0/16” is several in one: {SPACE_RULE}",
        "peering 10.0.0.0/16 10.1.0.0/16",
    ),
    "a wrong block": ("peering 10.1.0.0/33", f"“10.1.0.0/33” {NOT_A_BLOCK}", "peering 10.1.0.0/16"),
    "a wrong block beside a right one": (
        "peering vpc-b 10.1.0/16",
        f"“10.1.0/16” {NOT_A_BLOCK}",
        "peering vpc-b 10.1.0.0/16",
    ),
    "a letter for a digit": ("peering 1O.1.0.0/16", f"“1O.1.0.0/16” {NOT_A_BLOCK}", None),
    "a letter for the first digit": ("peering l0.1.0.0", f"“l0.1.0.0” {NOT_A_BLOCK}", None),
    "a block too large": (
        "add 10.0.0.0/7",
        (
            "10.0.0.0/7 has 33,554,432 addresses, and the largest block taken is a /8: "
            "split it, or name a smaller one."
        ),
        "add 10.0.0.0/8",
    ),
    "everything": (
        "external 0.0.0.0/0",
        "0.0.0.0/0 is every address there is: name the block you mean.",
        None,
    ),
    "IPv6": (
        "add 2001:db8::/32",
        "“2001:db8::/32” is an IPv6 block, and only IPv4 blocks can be asked about so far.",
        None,
    ),
    "a long word": (
        "peering " + "x" * 64,
        "“" + "x" * 39 + f"…” is not a name: {NAME_RULE}",
        "peering 10.1.0.0/16",
    ),
    "a verb as a name": (
        "peering internal",
        "“internal” is a word of the commands, so no network can have it as its name.",
        None,
    ),
    "a person as a name": ("peering @ana", f"“@ana” is not a name: {NAME_RULE}", None),
    "add nothing": ("add", "add needs a block: add BLOCK [as NAME].", "add 10.1.0.0/16"),
    "add a name": ("add vpc-a", f"“vpc-a” {NOT_A_BLOCK}", "add 10.1.0.0/16"),
    "add without as": (
        "add 10.2.0.0/16 vpc-b",
        "The word as is missing before “vpc-b”: add BLOCK [as NAME].",
        "add 10.2.0.0/16 as vpc-b",
    ),
    "add two blocks": (
        "add 10.2.0.0/16 10.3.0.0/16",
        "add takes one block (add BLOCK [as NAME]), and “10.3.0.0/16” is one too many.",
        "add 10.2.0.0/16",
    ),
    "as without a name": (
        "add 10.2.0.0/16 as",
        "A name is missing after as: add BLOCK [as NAME].",
        "add 10.2.0.0/16 as vpc-a",
    ),
    "a name of two words": (
        "add 10.2.0.0/16 as vpc b",
        "“b” is one word too many: add BLOCK [as NAME].",
        "add 10.2.0.0/16 as vpc-a",
    ),
    "an option as a name": (
        "add 10.2.0.0/16 as days",
        "“days” is a word of the commands, so no network can have it as its name.",
        "add 10.2.0.0/16 as vpc-a",
    ),
    "a name that begins with a digit": (
        "add 10.2.0.0/16 as 3tier",
        f"“3tier” is not a name: {NAME_RULE}",
        "add 10.2.0.0/16 as vpc-a",
    ),
    "a day by its name": (
        "internal vpc-a from yesterday",
        f"“from=yesterday” {NOT_A_TIME}",
        "internal vpc-a from=2026-11-21",
    ),
    "a block as a name": (
        "add 10.2.0.0/16 as l0.3.0.0",
        "“l0.3.0.0” looks like an address, so no network can have it as its name.",
        "add 10.2.0.0/16 as vpc-a",
    ),
    "an option of add": (
        "add 10.2.0.0/16 days=3",
        "add takes no options, and “days=3” is one.",
        "add 10.2.0.0/16",
    ),
    "list more": ("list all", "list stands alone, and “all” is too much.", "list"),
    "a near option": (
        "internal vpc-a dys=3",
        "There is no option “dys”: the nearest is days.",
        "internal vpc-a days=10",
    ),
    "no option": (
        "internal vpc-a zzzz=3",
        "“zzzz=3” is not an option: there are days, from, to, top, by, action, port, proto, raw, compare.",
        "internal vpc-a days=10",
    ),
    "no value": ("internal vpc-a days", "days= needs a value.", "internal vpc-a days=10"),
    "no value of raw": ("internal vpc-a raw=", "raw= needs a value.", "internal vpc-a raw=1000"),
    "only commas": ("internal vpc-a port=,,", "port= needs a value.", "internal vpc-a port=443"),
    "twice": (
        "internal vpc-a top=5 top=6",
        "top is given twice, as “5” and as “6”: keep one.",
        "internal vpc-a top=10",
    ),
    "no days": (
        "internal vpc-a days=0",
        "“days=0” is not a whole number from 1 to 366.",
        "internal vpc-a days=10",
    ),
    "a day too many": ("internal vpc-a days=367", "“days=367” is not a whole number from 1 to 366.", None),
    "half a day": ("internal vpc-a days=1.5", "“days=1.5” is not a whole number from 1 to 366.", None),
    "negative": ("internal vpc-a days=-1", "“days=-1” is not a whole number from 1 to 366.", None),
    "Arabic digits": ("internal vpc-a days=٣", "“days=٣” is not a whole number from 1 to 366.", None),
    "Python's digits": ("internal vpc-a days=1_0", "“days=1_0” is not a whole number from 1 to 366.", None),
    "a huge number": (
        "internal vpc-a days=" + "9" * 5_00,
        "“days=" + "9" * 34 + "…” is not a whole number from 1 to 366.",
        None,
    ),
    "top of nothing": ("internal vpc-a top=0", "“top=0” is not a whole number from 1 to 100.", None),
    "one too many in top": ("internal vpc-a top=101", "“top=101” is not a whole number from 1 to 100.", None),
    "raw of nothing": ("internal vpc-a raw=0", "“raw=0” is not a whole number from 1 to 10,000.", None),
    "one too many in raw": (
        "internal vpc-a raw=10001",
        "“raw=10001” is not a whole number from 1 to 10,000.",
        None,
    ),
    "by what": (
        "internal vpc-a by=size",
        "“by=size” is none of those known: write bytes, packets or flows.",
        None,
    ),
    "which action": (
        "internal vpc-a action=drop",
        "“action=drop” is none of those known: write accept or reject.",
        None,
    ),
    "a port too high": (
        "internal vpc-a port=80,65536",
        "“65536” in port= is neither a number from 0 to 65535 nor a known name.",
        "internal vpc-a port=443",
    ),
    "a range of ports": (
        "internal vpc-a port=80-90",
        "“80-90” in port= is neither a number from 0 to 65535 nor a known name.",
        None,
    ),
    "a protocol too high": (
        "internal vpc-a proto=256",
        "“256” in proto= is neither a number from 0 to 255 nor a known name.",
        "internal vpc-a proto=tcp",
    ),
    "days and from": (
        "internal vpc-a days=3 from=2026-11-20",
        "days and from both say which days are meant: keep one of them.",
        "internal vpc-a days=10",
    ),
    "days and to": (
        "internal vpc-a days=3 to=2026-11-20",
        "days and to both say which days are meant: keep one of them.",
        None,
    ),
    "to alone": ("internal vpc-a to=2026-11-20", "“to=2026-11-20” needs a from= to begin with.", PAIR),
    "no such day": (
        "internal vpc-a from=2026-02-30",
        f"“from=2026-02-30” {NOT_A_TIME}",
        "internal vpc-a from=2026-11-21",
    ),
    "a week": (
        "internal vpc-a from=2026-W47-1",
        f"“from=2026-W47-1” {NOT_A_TIME}",
        None,
    ),
    "before the calendar": (
        "internal vpc-a from=0001-01-01T00:00+05:00",
        f"“from=0001-01-01T00:00+05:00” {NOT_A_TIME}",
        None,
    ),
    "after the calendar": (
        "internal vpc-a from=2026-11-20 to=9999-12-31",
        "That window has 2,912,120 days, and 366 is the most.",
        PAIR,
    ),
    "compared with what": (
        "internal vpc-a compare=last",
        "“compare=last” is none of those known: write previous.",
        "internal vpc-a days=10 compare=previous",
    ),
    "compared with too much": (
        "internal vpc-a days=200 compare=previous",
        "With the window before it that makes 400 days, and 366 is the most.",
        "internal vpc-a days=10 compare=previous",
    ),
    "compared with nothing": (
        "internal vpc-a from=0001-01-01 to=0001-01-02 compare=previous",
        "There is no window before that one.",
        "internal vpc-a days=10 compare=previous",
    ),
    "backwards": (
        "internal vpc-a from=2026-11-20 to=2026-11-19",
        "to=2026-11-19 is not after from=2026-11-20.",
        PAIR,
    ),
    "the future": (
        "internal vpc-a from=2026-11-24",
        "from=2026-11-24 is in the future (it is 2026-11-23 12:30 UTC).",
        PAIR,
    ),
    "a line too long": (
        "peering " + "x" * 2_993,
        "The line has 3,001 characters, and 3,000 is the most.",
        "help",
    ),
}


@pytest.mark.parametrize(("text", "sentence", "example"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, sentence: str, example: str | None) -> None:
    """One sentence says what was wrong and where, and the line beside it works."""
    with pytest.raises(RequestError) as refused:
        parse_command(text, NOW)
    assert refused.value.sentence == sentence
    assert example is None or refused.value.example == example
    parse_command(refused.value.example, NOW)


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
