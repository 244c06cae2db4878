"""Help that does not work when it is typed is worse than none."""

from datetime import UTC, datetime

import pytest

from bot.domain.command import (
    Add,
    Ask,
    Cancel,
    ChangeWatch,
    Command,
    Help,
    ListBlocks,
    ListRuns,
    ListWatches,
    Remove,
    SetWatch,
    parse_command,
)
from bot.domain.help import HELP, OPTIONS
from bot.domain.scenario import Scenario

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
EXAMPLES = [(verb, example) for verb, entry in HELP.items() for example in entry.examples]


VERBS = {
    Add: "add",
    Remove: "remove",
    ListBlocks: "list",
    ListRuns: "runs",
    Cancel: "cancel",
    SetWatch: "watch",
    ListWatches: "watches",
    Help: "help",
}


def _get_verb(command: Command) -> str:
    if isinstance(command, Ask):
        return "disconnect" if command.is_disconnect else command.scenario.value
    return command.verb if isinstance(command, ChangeWatch) else VERBS[type(command)]


@pytest.mark.parametrize(("verb", "example"), EXAMPLES)
def test_examples_work(verb: str, example: str) -> None:
    """Every example parses, to the verb that it explains."""
    assert _get_verb(parse_command(example, NOW)) == verb


def test_every_verb_has_an_entry() -> None:
    """All that is offered is explained, and nothing else."""
    others = "add remove list disconnect watch watches pause resume unwatch runs cancel help".split()
    assert set(HELP) == {*map(str, Scenario), *others}
    assert all(entry.examples for entry in HELP.values())


def test_every_option_has_an_entry() -> None:
    """The options of the grammar are those explained, and each verb names only these."""
    options = ["days", "from", "to", "top", "by", "action", "port", "proto", "raw", "compare"]
    assert list(OPTIONS) == options
    assert all(set(entry.options) <= set(OPTIONS) for entry in HELP.values())


def test_texts_are_sentences() -> None:
    """They stand beside each other in one message."""
    texts = [entry.answers for entry in HELP.values()] + [entry.means for entry in OPTIONS.values()]
    assert all(text.endswith(".") and "\n" not in text and len(text) < 200 for text in texts)


@pytest.mark.parametrize("verb", HELP)
def test_form_begins_with_its_verb(verb: str) -> None:
    """Errors quote the form as what to type."""
    assert HELP[verb].form.split()[0] == verb


@pytest.mark.parametrize("key", OPTIONS)
def test_option_forms_work(key: str) -> None:
    """The form of an option, or the first of its alternatives, can be typed as it stands."""
    form = OPTIONS[key].form.split("|", maxsplit=1)[0].split(" or ")[-1]
    before = "from=2026-11-20 " if key == "to" else ""
    assert isinstance(parse_command(f"internal vpc-a {before}{form}", NOW), Ask)
