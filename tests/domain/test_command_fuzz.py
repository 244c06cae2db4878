"""Whatever arrives is a command or one clear sentence: an exception here is silence in the channel."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.command import Ask, Command, Limits, parse_command
from bot.domain.help import HELP, OPTIONS
from bot.errors import RequestError

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
LIMITS = (
    Limits(),
    Limits(home_configured=True),
    Limits(largest_prefix=24, largest_days=1, largest_top=1, raw_rows=1, default_days=30),
    Limits(largest_prefix=32, largest_days=2, default_days=1),
)
DATA = json.loads((Path(__file__).parent / "data" / "slash_command_texts.json").read_text("utf-8"))
TEXTS = [each["text"] for each in DATA["payload_texts"] + DATA["text_traps"]]
LINES = [each for entry in HELP.values() for each in entry.examples]
MENTIONED = [*HELP, *OPTIONS, "as", "runs", "10.1.0.0/16", "10.0.0.0/0", "::1/64", "vpc-a", "raw=5", "a=b"]

fuzz: Callable[..., Callable[..., None]] = settings(derandomize=True, max_examples=500)


def check(text: str, limits: Limits) -> None:
    answer = read(text, limits)
    if isinstance(answer, RequestError):
        check_sentence(answer.sentence)
        answer = parse_command(answer.example, NOW, limits)
    assert isinstance(answer, Command)


def read(text: str, limits: Limits) -> Command | RequestError:
    try:
        return parse_command(text, NOW, limits)
    except RequestError as error:
        return error


def check_sentence(sentence: str) -> None:
    """One line that can be shown and sent: printable, at most 300 characters, with its full stop."""
    assert sentence.isprintable()
    assert sentence.endswith(".")
    assert len(sentence) <= 300
    sentence.encode()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("limits", LIMITS)
def test_texts_of_other_projects(text: str, limits: Limits) -> None:
    check(text, limits)
    check(f"peering 10.1.0.0/16 {text}", limits)


@fuzz
@given(text=st.text(st.characters(codec=None), max_size=200), limits=st.sampled_from(LIMITS))
@example(text="peering \ud800", limits=LIMITS[0])
@example(text="add 10.1.0.0/16 as İ", limits=LIMITS[0])
@example(text="peering fe80::%" + "x" * 400, limits=LIMITS[0])
def test_any_text(text: str, limits: Limits) -> None:
    """Every script, control character and lone surrogate, as a whole line, an operand, a name and a value."""
    for before in ("", "peering ", "add 10.1.0.0/16 as ", "internal vpc-a from="):
        check(before + text, limits)


@fuzz
@given(
    line=st.sampled_from(LINES),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.text(max_size=4)), max_size=4),
    limits=st.sampled_from(LIMITS),
)
def test_mutated_lines(line: str, cuts: list[tuple[int, int, str]], limits: Limits) -> None:
    """A line that works, with a few characters lost, changed or slipped in."""
    for start, length, put in cuts:
        line = line[:start] + put + line[start + length :]
    check(line, limits)


@fuzz
@given(
    words=st.lists(
        st.one_of(
            st.sampled_from(MENTIONED),
            st.from_regex(r"\A(days|top|raw|from|to|by|action|port|proto|x)=[0-9a-zTZ:,+.-]{0,12}\Z"),
            st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,3}){2,4}(/[0-9]{1,3})?\Z"),
            st.from_regex(
                r"\A(from|to)=[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9](Z|\+[0-2][0-9]:00)?)?\Z"
            ),
        ),
        max_size=7,
    ),
    limits=st.sampled_from(LIMITS),
)
def test_words_of_the_grammar_in_any_order(words: list[str], limits: Limits) -> None:
    check(" ".join(words), limits)
    check(" ".join(["internal", "vpc-a", *words]), limits)


@fuzz
@given(
    verb=st.sampled_from(["external", "peering", "inadvertent", "internal", "incoming"]),
    block=st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 32)),
    options=st.dictionaries(st.sampled_from(["days", "top", "raw"]), st.integers(1, 100)),
)
def test_what_is_valid_is_understood(verb: str, block: tuple[int, int], options: dict[str, int]) -> None:
    """No valid question is refused, and none becomes another one."""
    address = ".".join(str(block[0] >> shift & 255) for shift in (24, 16, 8, 0))
    line = " ".join([verb, f"{address}/{block[1]}", *(f"{key}={value}" for key, value in options.items())])
    command = parse_command(line, NOW)
    assert isinstance(command, Ask)
    assert command.scenario == verb
    assert len(command.window.days) == options.get("days", 10)
    assert (command.top, command.raw_rows) == (options.get("top", 10), options.get("raw", 0))


def test_hostile_lines_are_answered() -> None:
    """The longest lines of almost-words: thousands of operands, options, commas and near verbs."""
    for piece in (
        "a ",
        "a=b ",
        "10.0.0.0/7 ",
        "1,",
        "peering ",
        "perring ",
        "port=1, ",
        "<",
        "_",
        "/",
        "days ",
    ):
        for before in ("", "peering ", "add ", "internal vpc-a port="):
            check((before + piece * 3_000)[:3_000], LIMITS[0])


def test_the_fuzz_reaches_both_ends() -> None:
    """A parser that refused everything would pass the rest: of the lines that work, all are understood."""
    assert len(LINES) > 10
    assert not [line for line in LINES if isinstance(read(line, LIMITS[0]), RequestError)]
