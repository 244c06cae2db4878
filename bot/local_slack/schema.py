"""A small language for the shapes of JSON that Slack takes.

A check is a function of a value and its JSON pointer that yields a problem for each thing that is wrong.
Its sentences are Slack's own where those are known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where: a sentence and a JSON pointer."""

    pointer: str
    message: str

    def __str__(self) -> str:
        """Write it as Slack does in `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Check = Callable[[Any, str], Iterator[Problem]]


def anything(_value: Any, _pointer: str) -> Iterator[Problem]:
    """Accept every value."""
    yield from ()


def text(most: int | None = None, least: int = 0) -> Check:
    """Accept a string of `least` to `most` characters."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(pointer, "must provide a string")
        elif len(value) < least:
            yield Problem(pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            yield Problem(pointer, f"must be less than {most + 1} characters")

    return check


def one_of(*accepted: Any) -> Check:
    """Accept one of the named values."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not any(value == each and type(value) is type(each) for each in accepted):
            yield Problem(pointer, f"must be one of: {', '.join(map(str, accepted))}")

    return check


def boolean(value: Any, pointer: str) -> Iterator[Problem]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield Problem(pointer, "must provide a boolean")


def number(least: float | None = None, most: float | None = None, *, whole: bool = False) -> Check:
    """Accept a number of `least` to `most`; a whole one only where asked."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            yield Problem(pointer, "must provide an integer" if whole else "must provide a number")
        elif (least is not None and value < least) or (most is not None and value > most):
            yield Problem(pointer, f"must be a number from {least} to {most}")

    return check


def positive(value: Any, pointer: str) -> Iterator[Problem]:
    """Accept a number above zero."""
    problems = list(number()(value, pointer))
    yield from problems
    if not problems and value <= 0:
        yield Problem(pointer, "must be greater than 0")


def items(each: Check, *, least: int = 0, most: int | None = None) -> Check:
    """Accept a list of `least` to `most` items, each of which passes."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(pointer, "must be an array")
            return
        if len(value) < least:
            yield Problem(pointer, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            yield Problem(pointer, f"no more than {most} items allowed")
        for position, item in enumerate(value):
            yield from each(item, f"{pointer}/{position}")

    return check


@dataclass(frozen=True)
class Record:
    """Accept an object with these fields and no others; `also` are checks of the object as a whole."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    also: tuple[Check, ...] = ()

    def __call__(self, value: Any, pointer: str) -> Iterator[Problem]:
        """Yield what is wrong with `value`."""
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
            return
        problems = list(self._field_problems(value, pointer))
        yield from problems
        # What looks at several fields together may then trust their types.
        for check in self.also if not problems else ():
            yield from check(value, pointer)

    def _field_problems(self, value: dict[str, Any], pointer: str) -> Iterator[Problem]:
        yield from self._missing_and_unknown(value, pointer)
        for name, check in {**self.required, **self.optional}.items():
            if name in value:
                yield from check(value[name], f"{pointer}/{name}")

    def _missing_and_unknown(self, value: dict[str, Any], pointer: str) -> Iterator[Problem]:
        for name in self.required:
            if name not in value:
                yield Problem(pointer, f"missing required field: {name}")
        for name in value:
            if name not in self.required and name not in self.optional:
                yield Problem(pointer, f"invalid additional property: {name}")


def by_type(kinds: Mapping[str, Check]) -> Check:
    """Accept an object whose `type` is one of `kinds` and which passes that kind's check."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
        elif "type" not in value:
            yield Problem(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield Problem(pointer, f"unsupported type: {value['type']}")
        else:
            yield from kinds[value["type"]](value, pointer)

    return check


def typed(required: Mapping[str, Check], optional: Mapping[str, Check], *also: Check) -> Record:
    """Accept an object with a `type` and these fields."""
    return Record({"type": text(), **required}, optional, also)


def needs_any(*names: str) -> Check:
    """Accept an object with at least one of the named fields."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not any(name in value for name in names):
            yield Problem(pointer, f"must provide one of: {', '.join(names)}")

    return check


def no_repeats(values: Iterable[tuple[str, Any]], what: str) -> Iterator[Problem]:
    """Yield a problem for each (pointer, value) whose value came before."""
    seen: set[Any] = set()
    for pointer, value in values:
        if value in seen:
            yield Problem(pointer, f'`{what}` "{value}" already exists')
        seen.add(value)
