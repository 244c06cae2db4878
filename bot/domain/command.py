"""The grammar: what can be asked, and one clear sentence for what cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.domain.cidr import ParsedBlock, parse_block
from bot.domain.commands import (
    Add,
    Ask,
    Cancel,
    ChangeWatch,
    Command,
    Help,
    ListBlocks,
    ListRuns,
    ListWatches,
    Operand,
    Remove,
    SetWatch,
)
from bot.domain.help import HELP, OPTIONS
from bot.domain.options import Limits, find_nearest, is_option, parse_options
from bot.domain.paste import quote, split_words
from bot.domain.rewrite import write_with_days
from bot.domain.scenario import DISCONNECT, DISCONNECT_DAYS, ROLES, Scenario
from bot.domain.schedule import parse_schedule, take_ending
from bot.domain.wording import count
from bot.errors import RequestError

__all__ = [
    "Add",
    "Ask",
    "Cancel",
    "ChangeWatch",
    "Command",
    "Help",
    "Limits",
    "ListBlocks",
    "ListRuns",
    "ListWatches",
    "Operand",
    "Remove",
    "SetWatch",
    "parse_command",
]

LONGEST_LINE = 3_000
"""The longest line that is read, in characters: nothing that can be asked comes near it."""

_DEFAULT_LIMITS = Limits()
_SMALLEST_LIMIT = 1  # the prefix length limit under which a block can still be removed
_RESERVED = {*HELP, *OPTIONS, "as", "vpccidr"}
_WITHOUT_BLOCK = {verb: verb for verb in ("list", "help", "runs", "watches")} | {
    "cancel": "runs",
    "pause": "watches",
    "resume": "watches",
    "unwatch": "watches",
}
"""What to suggest for the verbs that take no block."""

NAME = re.compile(r"[a-z][a-z0-9._-]{0,62}")
"""How a network may be called, in lower case."""

_ID = re.compile(r"[0-9a-z]{4,16}")
_ADDRESS = re.compile(r"[0-9].*|.*[/:].*|(?=(?:.*\b[0-9]+\b){2})[^.]+(?:\.[^.]+){3}")


def parse_command(text: str, now: datetime, limits: Limits = _DEFAULT_LIMITS) -> Command:
    """Parse a line as a person typed or pasted it, without the leading `/vpccidr`; no words mean help.

    `now` is aware. Raises RequestError, whose example parses under the same limits, and nothing else.
    """
    if len(text) > LONGEST_LINE:
        raise RequestError(
            f"The line has {len(text):,} characters, and {LONGEST_LINE:,} is the most.", "help"
        )
    words = _drop_address(split_words(text))
    if not words:
        return Help()
    return _Parser(words, now.astimezone(UTC), limits).parse()


def _drop_address(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without the bot's own name or mention before them."""
    while words and (words[0].lower() in {"/vpccidr", "vpccidr"} or words[0].startswith("@")):
        words = words[1:]
    return words


@dataclass(frozen=True)
class _Parser:
    words: tuple[str, ...]
    now: datetime
    limits: Limits

    @property
    def verb(self) -> str:
        return self.words[0].lower()

    @property
    def rest(self) -> tuple[str, ...]:
        return self.words[1:]

    def parse(self) -> Command:
        if self.verb in {"help", "h"}:
            return self._parse_help()
        if self.verb not in HELP:
            raise self._refuse_verb()
        if [word.lower() for word in self.rest] in (["help"], ["h"]):
            return Help(self.verb)
        parsers: dict[str, Callable[[], Command]] = {
            "add": self._parse_add,
            "remove": self._parse_remove,
            "list": lambda: self._parse_alone(ListBlocks()),
            "runs": lambda: self._parse_alone(ListRuns()),
            "cancel": lambda: Cancel(self._parse_id("run", "runs")),
            "watch": self._parse_watch,
            "watches": lambda: self._parse_alone(ListWatches()),
            "pause": self._parse_change,
            "resume": self._parse_change,
            "unwatch": self._parse_change,
        }
        return parsers.get(self.verb, self._parse_ask)()

    # The verbs

    def _parse_ask(self) -> Ask:
        scenario = _find_scenario(self.verb) or Scenario.PEERING
        names = [word for word in self.rest if not is_option(word)]
        least = 0 if not ROLES[scenario].takes_home and self.limits.home_configured else 1
        self._check_count(names, least, 2 if ROLES[scenario].takes_home else 1)
        operands = self._parse_operands(names)
        stem = " ".join([self.verb, *map(_show, operands)])
        options = parse_options(filter(is_option, self.rest), stem, self.now, self._find_limits())
        return Ask(
            scenario,
            operands,
            options.window,
            options.filters,
            options.measure,
            options.top,
            options.raw_rows,
            is_disconnect=self.verb == DISCONNECT,
            compared=options.compared,
        )

    def _find_limits(self) -> Limits:
        """The limits; whoever wants to disconnect something looks further back."""
        if self.verb != DISCONNECT:
            return self.limits
        return replace(self.limits, default_days=min(DISCONNECT_DAYS, self.limits.largest_days))

    def _parse_add(self) -> Add:
        self._refuse_options()
        names = self.rest
        name = ""
        if len(names) > 1 and names[1].lower() == "as":
            names, name = names[:1], self._parse_name_after_as()
        elif len(names) == len(("BLOCK", "NAME")) and NAME.fullmatch(names[1].lower()):
            raise RequestError(
                f"The word as is missing before {quote(names[1])}: {HELP['add'].form}.",
                f"{self._build_example('add', names[:1])} as {self._keep_name(names[1])}",
            )
        self._check_count(names, 1, 1)
        try:
            return Add(parse_block(names[0], self.limits.largest_prefix), name)
        except RequestError as error:
            raise self._with_example(error, names) from None

    def _parse_name_after_as(self) -> str:
        names = self.rest[2:]
        example = f"{self._build_example('add', self.rest[:1])} as vpc-a"
        if len(names) != 1:
            said = "a name is missing after as" if not names else f"{quote(names[1])} is one word too many"
            raise RequestError(f"{said.capitalize()}: {HELP['add'].form}.", example)
        try:
            return _parse_name(names[0])
        except RequestError as error:
            raise RequestError(error.sentence, example) from None

    @staticmethod
    def _keep_name(word: str) -> str:
        with suppress(RequestError):
            return _parse_name(word)
        return "vpc-a"

    def _parse_remove(self) -> Remove:
        self._refuse_options()
        self._check_count(self.rest, 1, 1)
        return Remove(self._parse_operands(self.rest)[0])

    def _parse_alone(self, command: Command) -> Command:
        if self.rest:
            raise RequestError(f"{self.verb} stands alone, and {quote(self.rest[0])} is too much.", self.verb)
        return command

    def _parse_id(self, noun: str, listing: str) -> str:
        """The id of a run or a watch, which a listing shows."""
        if len(self.rest) != 1:
            said = f"{quote(self.rest[1])} is one word too many" if self.rest else "its id is missing"
            raise RequestError(f"{self.verb} takes one {noun}, and {said}: {HELP[self.verb].form}.", listing)
        one = self.rest[0].lower()
        if not _ID.fullmatch(one):
            raise RequestError(
                f"{quote(self.rest[0])} is not the id of a {noun}; {listing} lists them with their ids.",
                listing,
            )
        return one

    def _parse_change(self) -> ChangeWatch:
        return ChangeWatch(self.verb, self._parse_id("watch", "watches"))

    def _parse_watch(self) -> SetWatch:
        lower = [word.lower() for word in self.rest]
        if "every" not in lower:
            raise RequestError(f"It is not said when: {HELP['watch'].form}.", self._build_watch_example())
        cut = lower.index("every")
        ask = self._parse_watched(self.rest[:cut])
        question = " ".join(self.rest[:cut])
        try:
            times, is_report, silent_days = take_ending(self.rest[cut:])
            return SetWatch(
                question, parse_schedule(times), is_report, _require_days(silent_days, ask, question)
            )
        except RequestError as error:
            example = self._keep_working(error.example) or f"watch {question} every day at 09:00"
            raise RequestError(error.sentence, example) from None

    def _keep_working(self, line: str) -> str:
        """A line that is to be an example, or an empty text where it asks for more than may be asked."""
        with suppress(RequestError):
            parse_command(line, self.now, self.limits)
            return line
        return ""

    def _parse_watched(self, words: Sequence[str]) -> Ask:
        """The question that is watched. Raises RequestError."""
        try:
            question = replace(self, words=tuple(words)).parse() if words else None
        except RequestError as error:
            raise RequestError(error.sentence, self._build_watch_example()) from None
        if not isinstance(question, Ask):
            raise RequestError("Only a question can be watched.", self._build_watch_example())
        return question

    def _build_watch_example(self) -> str:
        return f"watch {self._build_example(Scenario.PEERING, ())} days=1 every day at 09:00"

    def _parse_help(self) -> Help:
        topic = self.rest[0].lower() if self.rest else ""
        if topic in HELP:
            return Help(topic)
        if not topic or topic.partition("=")[0] in OPTIONS:
            return Help()  # which explains the options
        nearest = find_nearest(topic, HELP)
        raise RequestError(
            f"There is no command {quote(self.rest[0])}{_hint(nearest)}.", f"help {nearest}".rstrip()
        )

    # The words after the verb

    def _parse_operands(self, words: Sequence[str]) -> tuple[Operand, ...]:
        try:
            return tuple(_parse_operand(word, self._largest_prefix(self.verb)) for word in words)
        except RequestError as error:
            raise self._with_example(error, words) from None

    def _largest_prefix(self, verb: str) -> int:
        return _SMALLEST_LIMIT if verb == "remove" else self.limits.largest_prefix

    def _check_count(self, words: Sequence[str], least: int, most: int) -> None:
        form = HELP[self.verb].form
        if len(words) < least:
            thing = "a block" if self.verb == "add" else "a block or a network's name"
            raise RequestError(f"{self.verb} needs {thing}: {form}.", self._build_example(self.verb, ()))
        if len(words) > most:
            raise RequestError(
                f"{self.verb} takes {'one block' if most == 1 else 'one or two blocks'} ({form}), and "
                f"{quote(words[most])} is one too many.",
                self._build_example(self.verb, words),
            )

    def _refuse_options(self) -> None:
        options = [word for word in self.rest if "=" in word]
        if options:
            raise RequestError(
                f"{self.verb} takes no options, and {quote(options[0])} is one.",
                self._build_example(self.verb, [word for word in self.rest if "=" not in word]),
            )

    # What to type instead

    def _refuse_verb(self) -> RequestError:
        typed = self.words[0]
        later = next((word.lower() for word in self.rest if word.lower() in HELP), "")
        nearest = find_nearest(typed, HELP)
        if (_ADDRESS.fullmatch(typed) and not typed.isdecimal()) or (later and not nearest):
            sentence = f"Say first what to ask or do, and then {quote(typed)}."
            return RequestError(sentence, self._build_example(later or Scenario.PEERING.value, self.words))
        example = self._build_example(nearest or "help", self.rest)
        return RequestError(f"There is no command {quote(typed)}{_hint(nearest)}.", example)

    def _with_example(self, error: RequestError, words: Sequence[str]) -> RequestError:
        """The error of one word, with an example of the whole line: `parse_block` knows only `add`."""
        suggested = error.example.removeprefix("add ")
        return RequestError(error.sentence, self._build_example(self.verb, [*words, suggested]))

    def _build_example(self, verb: str, words: Sequence[str]) -> str:
        """A line for `verb` that works, with what can be kept of the words that were typed."""
        if verb in _WITHOUT_BLOCK:
            return _WITHOUT_BLOCK[verb]
        if verb == "watch":
            return self._build_watch_example()
        scenario = _find_scenario(verb)
        most = 2 if scenario and ROLES[scenario].takes_home else 1
        kept = list(self._keep_operands(verb, words))[:most]
        return " ".join([verb, *(kept or [f"10.1.0.0/{max(16, self.limits.largest_prefix)}"])])

    def _keep_operands(self, verb: str, words: Sequence[str]) -> list[str]:
        kept: list[str] = []
        for word in " ".join(words[:20]).replace(",", " ").split():
            with suppress(RequestError):
                operand = _parse_operand(word, self._largest_prefix(verb))
                if isinstance(operand, ParsedBlock) or verb != "add":
                    kept.append(_show(operand))
        return list(dict.fromkeys(kept))


def _parse_operand(word: str, largest_prefix: int) -> Operand:
    if "," in word:
        raise RequestError(
            f"{quote(word)} is several in one: put a space between two blocks, or add both as one name.",
            f"add 10.1.0.0/{max(16, largest_prefix)}",
        )
    return parse_block(word, largest_prefix) if _ADDRESS.fullmatch(word) else _parse_name(word)


def _parse_name(word: str) -> str:
    """The name of a network, in lower case. Raises RequestError, without an example."""
    name = word.lower()
    if name in _RESERVED:
        raise RequestError(f"{quote(word)} is a word of the commands, so no network can have it as its name.")
    if not NAME.fullmatch(name):
        raise RequestError(
            f"{quote(word)} is not a name: a name begins with a letter and has up to 63 letters, digits, "
            "dots, dashes and underscores."
        )
    if _ADDRESS.fullmatch(name):
        raise RequestError(f"{quote(word)} looks like an address, so no network can have it as its name.")
    return name


def _find_scenario(verb: str) -> Scenario | None:
    """The scenario that a verb asks about; None for one that asks nothing."""
    if verb == DISCONNECT:
        return Scenario.PEERING
    return Scenario(verb) if verb in set(Scenario) else None


def _require_days(silent_days: int, ask: Ask, question: str) -> int:
    """The days of silence to wait for, which the question's window must hold besides today."""
    if silent_days >= len(ask.window.days):
        longer = write_with_days(question, silent_days + 1)
        raise RequestError(
            f"To see {count(silent_days, 'day')} of silence, and today, the question needs "
            f"days={silent_days + 1} or more.",
            f"watch {longer} every day at 09:00 until silent for {count(silent_days, 'day')}",
        )
    return silent_days


def _show(operand: Operand) -> str:
    return operand if isinstance(operand, str) else str(operand.block)


def _hint(nearest: str) -> str:
    return f": the nearest is {nearest}" if nearest else f": there are {', '.join(HELP)}"
