"""The verdict: its text whole, for each code, and never `unused` where something may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from bot.domain.cidr import parse_block
from bot.domain.conversation import Conversation
from bot.domain.coverage import Coverage, CoverageRow, Gap, Problem, cover
from bot.domain.question import Action, Filters, Question, Side
from bot.domain.scenario import Scenario
from bot.domain.totals import Totals
from bot.domain.verdict import Advice, Code, decide, describe
from bot.domain.window import Window

DAYS = tuple(date(2026, 11, 14) + timedelta(n) for n in range(10))
FULL = Coverage(DAYS, DAYS, ok=10)
WINDOW = Window(datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
THEN, LATER = datetime(2026, 11, 20, 8, 5, 59, tzinfo=UTC), datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
PEER = Side((parse_block("10.1.0.0/16").block,))
HOME = Side((parse_block("10.0.0.0/16").block, parse_block("100.64.0.0/16").block), "vpc-a")
NAMELESS = Side(HOME.blocks)
ACCEPTED = Totals(conversations=2400, accepted=2400, accepted_until=THEN)
REJECTED = Totals(conversations=1, rejected=1, rejected_until=LATER)
BOTH = Totals(conversations=3, accepted=1, rejected=2, accepted_until=THEN, rejected_until=LATER)
UNTOLD = "It cannot be told whether it is safe to disconnect"
SKIPPED = Coverage(DAYS, DAYS, skipdata=2, skipdata_days=DAYS[4:6])


def ask(
    scenario: Scenario = Scenario.PEERING, home: Side | None = None, filters: Filters | None = None
) -> Question:
    """A question about the peer."""
    return Question(scenario, PEER, WINDOW, home, filters or Filters())


TEXTS = [
    (
        ask(),
        ACCEPTED,
        FULL,
        Code.IN_USE,
        "In use: 2,400 accepted conversations with 10.1.0.0/16; last seen 2026-11-20 08:05 UTC.",
    ),
    (
        ask(home=HOME),
        BOTH,
        SKIPPED,
        Code.IN_USE,
        "In use: 1 accepted conversation between vpc-a and 10.1.0.0/16; last seen 2026-11-20 08:05 UTC.",
    ),
    (
        ask(Scenario.INCOMING, HOME),
        REJECTED,
        FULL,
        Code.ATTEMPTS_ONLY,
        (
            "Only rejected attempts: 1 conversation from 10.1.0.0/16 to vpc-a, none accepted; "
            "last seen 2026-11-23 23:59 UTC."
        ),
    ),
    (
        ask(Scenario.EXTERNAL),
        REJECTED,
        SKIPPED,
        Code.ATTEMPTS_ONLY,
        (
            "Only rejected attempts: 1 conversation between 10.1.0.0/16 and the outside, none accepted; "
            "last seen 2026-11-23 23:59 UTC. Accepted traffic may be missing from the logs: "
            "AWS lost records on 2026-11-18, 2026-11-19 (SKIPDATA). "
            "To be sure, ask with from=2026-11-20 to=2026-11-23: 4 complete days."
        ),
    ),
    (
        ask(Scenario.INADVERTENT),
        Totals(),
        FULL,
        Code.UNUSED,
        "Unused: no traffic with 10.1.0.0/16 in 10 days; every day is logged and no record was lost.",
    ),
    (
        ask(Scenario.INTERNAL, filters=Filters((443, 53), (6, 253))),
        Totals(),
        Coverage(DAYS[:1], DAYS[:1], sources=(("123456789012", "us-east-1"),)),
        Code.UNUSED,
        (
            "Unused: no traffic within 10.1.0.0/16 on ports 443, 53 over TCP, protocol 253 in 1 day; "
            "every day of account 123456789012 in us-east-1 is logged and no record was lost."
        ),
    ),
    (
        ask(),
        Totals(),
        Coverage(DAYS, DAYS, sources=(("", ""), ("123456789012", "us-east-1"))),
        Code.UNUSED,
        (
            "Unused: no traffic with 10.1.0.0/16 in 10 days; every day of all 2 accounts and regions is logged "
            "and no record was lost."
        ),
    ),
    (
        ask(Scenario.INCOMING),
        Totals(),
        Coverage(DAYS, DAYS[:9]),
        Code.UNKNOWN,
        (
            "Unknown: no traffic from 10.1.0.0/16 was seen, but the logs are not complete: "
            "no logs of 1 of 10 days (2026-11-23). To be sure, put the missing days' flow logs where the bot "
            "reads them, or ask with from=2026-11-14 to=2026-11-22: 9 complete days."
        ),
    ),
]


@pytest.mark.parametrize(("question", "totals", "coverage", "code", "text"), TEXTS)
def test_texts(question: Question, totals: Totals, coverage: Coverage, code: Code, text: str) -> None:
    verdict = decide(question, totals, coverage)
    assert (verdict.code, verdict.text) == (code, text)


ADVICE = [
    (Filters(), 10, Totals(), FULL, "Safe to disconnect, as far as flow logs can tell.", False),
    (Filters(), 6, Totals(), FULL, "Safe to disconnect, as far as flow logs can tell.", True),
    (Filters(), 6, REJECTED, FULL, "Safe to disconnect, as far as flow logs can tell.", True),
    (
        Filters((9999,)),
        10,
        Totals(),
        FULL,
        f"{UNTOLD}: only traffic on port 9999 was asked about; ask without that filter.",
        False,
    ),
    (
        Filters((), (17,)),
        10,
        REJECTED,
        FULL,
        f"{UNTOLD}: only traffic over UDP was asked about; ask without that filter.",
        False,
    ),
    (Filters((), (), Action.REJECT), 10, Totals(), FULL, "Safe to disconnect, as far as", False),
    (Filters((9999,)), 6, ACCEPTED, FULL, "Not safe to disconnect.", False),
    (Filters(), 10, Totals(), SKIPPED, f"{UNTOLD}.", False),
]


@pytest.mark.parametrize(("filters", "days", "totals", "coverage", "advice", "is_short"), ADVICE)
def test_advice_to_disconnect_is_never_more_than_was_asked(
    filters: Filters, days: int, totals: Totals, coverage: Coverage, advice: str, is_short: bool
) -> None:
    """What was asked of one port, or of some hours, does not make the whole network safe to cut off."""
    window = Window(WINDOW.until - timedelta(days=days), WINDOW.until)
    question = replace(ask(filters=filters), window=window, is_disconnect=True)
    text = decide(question, totals, coverage).text
    assert text.startswith(advice)
    assert ("Less than a week was looked at" in text) == is_short


@pytest.mark.parametrize(
    ("days", "now", "said"),
    [
        (1, time(0, 20), "in 1 day (2026-11-23 only until 00:20 UTC); every day is logged so far and"),
        (10, time(13), "in 10 days (2026-11-23 only until 13:00 UTC); every day is logged so far and"),
    ],
)
def test_day_that_is_not_over_is_not_called_a_day_without_traffic(days: int, now: time, said: str) -> None:
    window = Window(WINDOW.until - timedelta(days=days), WINDOW.until)
    coverage = Coverage(DAYS[-days:], DAYS[-days:])
    moment = datetime.combine(DAYS[-1], now, tzinfo=UTC)
    verdict = decide(replace(ask(), window=window), Totals(), coverage, (), moment)
    assert verdict.code is Code.UNUSED
    assert verdict.text == f"Unused: no traffic with 10.1.0.0/16 {said} no record was lost."


def test_of_attempts_in_a_window_that_is_not_over_it_is_said() -> None:
    text = decide(ask(), REJECTED, FULL, (), WINDOW.until - timedelta(seconds=1)).text
    assert "none accepted so far; last seen" in text


def test_window_that_ends_later_is_known_until_now() -> None:
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    question = replace(ask(), window=Window(since, since + timedelta(hours=9), by_time=True))
    coverage = Coverage((since.date(),), (since.date(),))
    text = decide(question, Totals(), coverage, (), since + timedelta(minutes=5)).text
    assert "from 2026-11-20 10:00 to 2026-11-20 10:05 UTC; every day is logged so far" in text


def test_part_of_a_day_makes_nothing_safe() -> None:
    """What runs at another hour is not in it, and cutting that off is an outage."""
    question = replace(
        ask(), window=Window(WINDOW.until - timedelta(days=1), WINDOW.until), is_disconnect=True
    )
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    for totals in (Totals(), REJECTED):
        verdict = decide(question, totals, Coverage(DAYS[-1:], DAYS[-1:]), (), moment)
        assert verdict.advice is Advice.UNTOLD
        looked = "only the traffic of 1 hour was looked at; ask about more days."
        assert verdict.text.startswith(f"{UNTOLD}: {looked}")
    assert decide(question, ACCEPTED, FULL, (), moment).advice is Advice.NOT_SAFE


@pytest.mark.parametrize(("later", "is_old"), [(timedelta(hours=23), False), (timedelta(days=1), True)])
def test_what_was_safe_some_days_ago_is_said_to_be_of_then(later: timedelta, is_old: bool) -> None:
    question = replace(ask(), is_disconnect=True)
    verdict = decide(question, Totals(), FULL, (), WINDOW.until + later)
    assert verdict.advice is Advice.SAFE
    assert ("What happened since 2026-11-24 00:00 UTC was not looked at." in verdict.text) == is_old


def test_day_that_is_not_over_is_not_advised_as_complete() -> None:
    coverage = replace(SKIPPED, skipdata_days=DAYS[:5])
    text = decide(ask(), Totals(), coverage, (), datetime(2026, 11, 23, 13, tzinfo=UTC)).text
    assert text.endswith("To be sure, ask with from=2026-11-19 to=2026-11-22: 4 complete days.")


def test_unused_for_an_hour_is_not_unused_for_a_day() -> None:
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    question = replace(ask(), window=Window(since, since + timedelta(hours=1), by_time=True))
    text = decide(question, Totals(), Coverage((since.date(),), (since.date(),))).text
    assert "no traffic with 10.1.0.0/16 from 2026-11-20 10:00 to 2026-11-20 11:00 UTC;" in text


def test_what_has_not_come_yet_is_no_silence() -> None:
    """Who cuts a peering and asks for the minutes since would be told that nobody misses it."""
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    window = Window(since, since + timedelta(minutes=10), by_time=True, is_settled=False)
    rows = [CoverageRow(since.date(), "123456789012", "us-east-1", "OK", 7)]
    question = replace(ask(), window=window, is_disconnect=True)
    verdict = decide(question, Totals(), cover(window, rows, ()), now=window.until)
    assert verdict.code is Code.UNKNOWN
    assert verdict.text == (
        "It cannot be told whether it is safe to disconnect: only the traffic of 10 minutes was looked at; ask about "
        "more days. Unknown: no traffic with 10.1.0.0/16 was seen, but the logs are not complete: the window's last "
        "records may still be on their way. To be sure, ask again an hour after the window's end."
    )


def gaps(number: int) -> tuple[Gap, ...]:
    """Gaps of so many accounts."""
    return tuple(Gap(f"{n:012}", "us-east-1", DAYS[n : n + 1]) for n in range(number))


ELSEWHERE = "ask about other days: what AWS lost cannot be had again"
TURN_ON = "turn on, or deliver, the flow logs of account {} in us-east-1"
REFORMAT = "make a flow log that writes those fields, too, and ask about its days"
MEND = "mend or replace what could not be read"

MISSING = [
    (
        Coverage(DAYS),
        "no logs of 10 of 10 days (2026-11-14 to 2026-11-23)",
        "put the flow logs of these networks where the bot reads them, or ask about other days",
    ),
    (Coverage(DAYS, DAYS, strange=1), "1 record without a valid log-status", ""),
    (
        Coverage(DAYS, DAYS, problems=(Problem("a", "it lacks bytes: without bytes, nothing counts"),)),
        "1 file could not be read wholly (it lacks bytes: without bytes, nothing counts)",
        REFORMAT,
    ),
    (
        Coverage(DAYS, DAYS, problems=(Problem("a", "it lacks bytes: nothing counts"), Problem("b", "c"))),
        "2 files could not be read wholly (the first: it lacks bytes: nothing counts)",
        f"{REFORMAT}, or {MEND}",
    ),
    (
        Coverage(DAYS, DAYS, problems=(Problem("a", "it is empty"), *(Problem("b", "c"),) * 999)),
        "1,000 files could not be read wholly (the first: it is empty)",
        MEND,
    ),
    (
        Coverage(DAYS, DAYS, skipdata=3, skipdata_days=DAYS),
        "AWS lost records on 2026-11-14 to 2026-11-23 (SKIPDATA)",
        ELSEWHERE,
    ),
    (
        Coverage(DAYS, DAYS, gaps=(Gap("", "", DAYS[:1]),)),
        "none of account ? in ? on 2026-11-14",
        (
            "turn on, or deliver, the flow logs of account ? in ?, "
            "or ask with from=2026-11-15 to=2026-11-23: 9 complete days"
        ),
    ),
    (
        Coverage(DAYS, DAYS, gaps=gaps(3)),
        (
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "none of account 000000000001 in us-east-1 on 2026-11-15; "
            "none of account 000000000002 in us-east-1 on 2026-11-16"
        ),
        f"{TURN_ON.format('000000000000')} and 2 more, or ask with from=2026-11-17 to=2026-11-23: 7 complete days",
    ),
    (
        Coverage(DAYS, DAYS[:9], gaps=gaps(5)),
        (
            "no logs of 1 of 10 days (2026-11-23); "
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "none of account 000000000001 in us-east-1 on 2026-11-15; "
            "none of account 000000000002 in us-east-1 on 2026-11-16; "
            "gaps in 2 more of the accounts and regions"
        ),
        f"{TURN_ON.format('000000000000')} and 4 more, or ask with from=2026-11-19 to=2026-11-22: 4 complete days",
    ),
    (
        Coverage(DAYS, (*DAYS[:4], *DAYS[6:]), skipdata=1, skipdata_days=(DAYS[9],)),
        "no logs of 2 of 10 days (2026-11-18, 2026-11-19); AWS lost records on 2026-11-23 (SKIPDATA)",
        (
            "put the missing days' flow logs where the bot reads them, "
            "or ask with from=2026-11-14 to=2026-11-17: 4 complete days"
        ),
    ),
    (
        Coverage(
            DAYS,
            DAYS[:8],
            skipdata=1,
            strange=2,
            skipdata_days=DAYS[:1],
            gaps=gaps(1),
            problems=(Problem("a", "b"),),
        ),
        (
            "no logs of 2 of 10 days (2026-11-22, 2026-11-23); "
            "none of account 000000000000 in us-east-1 on 2026-11-14; "
            "AWS lost records on 2026-11-14 (SKIPDATA); "
            "1 file could not be read wholly (b); "
            "2 records without a valid log-status"
        ),
        f"{TURN_ON.format('000000000000')}, or {MEND}, or {ELSEWHERE}",
    ),
]


@pytest.mark.parametrize(("coverage", "missing", "remedy"), MISSING)
def test_what_is_missing_and_how_to_get_it(coverage: Coverage, missing: str, remedy: str) -> None:
    """Each reason to doubt is told, in the same words with or without rejected attempts."""
    unknown = decide(ask(), Totals(), coverage)
    assert unknown.code is Code.UNKNOWN
    said = "Unknown: no traffic with 10.1.0.0/16 was seen, but the logs are not complete: "
    advice = f" To be sure, {remedy}." if remedy else ""
    assert unknown.text == f"{said}{missing}.{advice}"
    attempts = decide(ask(), REJECTED, coverage)
    assert attempts.code is Code.ATTEMPTS_ONLY
    assert attempts.text.endswith(f"Accepted traffic may be missing from the logs: {missing}.{advice}")


@pytest.mark.parametrize(
    ("now", "waits"),
    [
        (datetime(2026, 11, 23, 0, 20, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 0, 20, tzinfo=UTC), False),
    ],
)
def test_logs_of_a_day_that_has_only_begun(now: datetime, waits: bool) -> None:
    """Just after midnight nothing is amiss, and nobody needs to be sent to repair it."""
    verdict = decide(ask(), Totals(), Coverage(DAYS, DAYS[:9]), (), now)
    assert verdict.code is Code.UNKNOWN
    advice = "To be sure, ask again after 01:00 UTC: today's first logs may still be on their way."
    assert verdict.text.endswith(advice) == waits


def test_advised_days_are_complete() -> None:
    """Who asks about the days that a verdict names must not be told of the same gap again."""
    every = [Coverage(DAYS, DAYS[:n], gaps=gaps(m)) for n in range(1, 10) for m in range(4)]
    for coverage in every:
        days = coverage.days_complete
        narrowed = replace(coverage.since(days[0]), days_asked=days, days_present=days) if days else None
        assert narrowed is None or narrowed.is_full


def talk(
    client: str = "10.0.0.5",
    server: str = "10.1.0.9",
    port: int = 5432,
    action: str = "ACCEPT",
    to_client: int = 10**9,
) -> Conversation:
    """A conversation of a gigabyte and some."""
    size = 10**6 + to_client
    return Conversation(client, server, port, 6, action, 1, 1, size, 10**6, to_client, THEN, THEN)


PAIR = (talk(), talk("10.0.0.6"))
MANY = tuple(talk(f"10.0.0.{n}", f"10.1.0.{n % 2}", 5432 + n) for n in range(5))
REFUSED = (
    talk(port=22, action="REJECT", to_client=0),
    talk("10.0.0.7", port=22, action="REJECT", to_client=0),
)

EVIDENCE = [
    (PAIR[:1], 1, "10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, 1.00 GB in all"),
    (PAIR, 2, "2 clients to 10.1.0.9 on 5432/TCP postgresql, 2.00 GB in all"),
    (
        MANY,
        5,
        "5 clients to 2 servers on 5432/TCP postgresql, 5433/TCP, 5434/TCP and 2 more services, 5.00 GB in all",
    ),
    (PAIR, 9, "top by bytes 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, at least 2.00 GB in all"),
    ((*REFUSED, *PAIR), 2, "2 clients to 10.1.0.9 on 5432/TCP postgresql, 2.00 GB in all"),
    ((talk(to_client=0),), 1, "10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, 1.00 MB in all, no reply logged"),
    (
        (talk(to_client=0),),
        2,
        "top by bytes 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, at least 1.00 MB in all",
    ),
]


@pytest.mark.parametrize(("talkers", "accepted", "evidence"), EVIDENCE)
def test_evidence_of_use(talkers: Sequence[Conversation], accepted: int, evidence: str) -> None:
    """What is not known of all of them is said of the top one only."""
    totals = Totals(accepted=accepted, rejected=2, accepted_until=THEN)
    text = decide(ask(), totals, FULL, talkers).text
    assert f" with 10.1.0.0/16: {evidence}; last seen 2026-11-20 08:05 UTC." in text


def test_what_is_incoming_is_one_way_by_its_question() -> None:
    """Its replies are in the logs, maybe, but none of its records is one of them."""
    totals = Totals(accepted=1, accepted_until=THEN)
    one_way = [decide(ask(scenario), totals, FULL, (talk(to_client=0),)).text for scenario in Scenario]
    said = dict(zip(Scenario, ["no reply logged" in text for text in one_way], strict=True))
    assert said == {scenario: scenario is not Scenario.INCOMING for scenario in Scenario}


def test_evidence_of_attempts() -> None:
    text = decide(ask(), Totals(rejected=2, rejected_until=THEN), FULL, REFUSED).text
    assert "none accepted: 2 clients to 10.1.0.9 on 22/TCP ssh; last seen" in text
    text = decide(ask(), Totals(rejected=3, rejected_until=THEN), FULL, REFUSED).text
    assert "none accepted: top by bytes 10.0.0.5 to 10.1.0.9 on 22/TCP ssh; last seen" in text


SILENT = [
    (THEN + timedelta(seconds=1), "In use: ", "last seen less than a minute ago (2026-11-20 08:05 UTC)."),
    (THEN - timedelta(minutes=5), "In use: ", "last seen less than a minute ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(minutes=90), "In use: ", "last seen 1 hour ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(hours=24, minutes=59), "In use: ", "last seen 1 day ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(hours=25), "In use, but silent for 1 day: ", "seen 1 day ago (2026-11-20 08:05 UTC)."),
    (THEN + timedelta(days=3), "In use, but silent for 3 days: ", "seen 3 days ago (2026-11-20 08:05 UTC)."),
    (
        THEN + timedelta(days=90),
        "In use, but silent for 3 days: ",
        "last seen 3 days before the window ended (2026-11-20 08:05 UTC).",
    ),
]


@pytest.mark.parametrize(("now", "head", "end"), SILENT)
def test_traffic_that_ended_is_told_from_traffic_that_goes_on(now: datetime, head: str, end: str) -> None:
    """Daily traffic whose record is an hour late has not ended; and no window knows what came after it."""
    verdict = decide(ask(), ACCEPTED, FULL, (), now)
    assert verdict.code is Code.IN_USE
    assert verdict.text.startswith(head)
    assert verdict.text.endswith(end)


AFTERWARDS = [
    (Coverage(DAYS, DAYS[:9]), "no logs of 1 of 4 days (2026-11-23)"),
    (
        Coverage(DAYS, DAYS, skipdata=2, skipdata_days=(DAYS[0], DAYS[6])),
        "AWS lost records on 2026-11-20 (SKIPDATA)",
    ),
    (Coverage(DAYS, DAYS, gaps=gaps(9)), "none of account 000000000006 in us-east-1 on 2026-11-20"),
    (Coverage(DAYS, DAYS, problems=(Problem("a", "b"),)), "1 file could not be read wholly (b)"),
    (Coverage(DAYS, DAYS, strange=1), "1 record without a valid log-status"),
]


@pytest.mark.parametrize(("coverage", "missing"), AFTERWARDS)
def test_silence_is_doubted_where_the_logs_since_then_are_not_complete(
    coverage: Coverage, missing: str
) -> None:
    text = decide(ask(), ACCEPTED, coverage, (), WINDOW.until).text
    assert text.startswith("In use, but silent for 3 days: ")
    assert f" It may have gone on: since then, {missing}" in text


def test_silence_is_not_doubted_for_what_was_lost_before() -> None:
    coverage = Coverage(DAYS, DAYS[1:], skipdata=2, skipdata_days=DAYS[1:3], gaps=gaps(6))
    assert decide(ask(), ACCEPTED, coverage, (), WINDOW.until).text.endswith("(2026-11-20 08:05 UTC).")


@pytest.mark.parametrize("action", [None, Action.ACCEPT, Action.REJECT])
def test_action_does_not_change_the_verdict(action: Action | None) -> None:
    """Listing only the rejected conversations must not hide that others were accepted."""
    plain, filtered = ask(), ask(filters=Filters(action=action))
    for totals, coverage in product((ACCEPTED, REJECTED, BOTH, Totals()), (FULL, SKIPPED)):
        assert decide(filtered, totals, coverage) == decide(plain, totals, coverage)


DESCRIBED = [
    (Scenario.EXTERNAL, None, "between 10.1.0.0/16 and the outside"),
    (Scenario.INTERNAL, None, "within 10.1.0.0/16"),
    (Scenario.PEERING, None, "with 10.1.0.0/16"),
    (Scenario.PEERING, NAMELESS, "between 10.0.0.0/16 + 100.64.0.0/16 and 10.1.0.0/16"),
    (Scenario.INADVERTENT, None, "with 10.1.0.0/16"),
    (Scenario.INADVERTENT, HOME, "between vpc-a and 10.1.0.0/16"),
    (Scenario.INCOMING, None, "from 10.1.0.0/16"),
    (Scenario.INCOMING, HOME, "from 10.1.0.0/16 to vpc-a"),
]


@pytest.mark.parametrize(("scenario", "home", "expected"), DESCRIBED)
def test_descriptions(scenario: Scenario, home: Side | None, expected: str) -> None:
    assert describe(ask(scenario, home)) == expected
    assert describe(ask(scenario, home, Filters((22,)))) == f"{expected} on port 22"
    assert describe(ask(scenario, home, Filters(protocols=(17,)))) == f"{expected} over UDP"


def test_time_that_is_not_known() -> None:
    """Totals without a time are no reason to fail at the last step."""
    text = decide(ask(), Totals(accepted=1), FULL).text
    assert text == "In use: 1 accepted conversation with 10.1.0.0/16; last seen at an unknown time."


def test_text_stays_short() -> None:
    """It must fit a message even where a whole organisation's logs have holes."""
    every_other = Coverage(
        DAYS * 40, (), skipdata=9, skipdata_days=tuple(DAYS[::2] * 40), gaps=gaps(10) * 100
    )
    assert len(decide(ask(), Totals(), every_other).text) < 1000
    assert len(decide(ask(), ACCEPTED, every_other, MANY, WINDOW.until).text) < 1000
