"""The documentation says what is there, and nothing else."""

import re
from pathlib import Path

import pytest

from bot.__main__ import _build_parser
from bot.domain.help import HELP, OPTIONS

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "bot" / "settings.py").read_text()
README = (ROOT / "README.md").read_text()


def read_variables() -> set[str]:
    """The environment variables that bot/settings.py reads."""
    own = {f"VPCCIDR_{name}" for name in re.findall(r"read\.\w+\(\s*\"([A-Z_]+)\"", SETTINGS)}
    slack = set(re.findall(r"\"(SLACK_[A-Z_]+)\"", SETTINGS))
    return own | slack


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    )
    assert len(documented) >= 10
    assert documented == read_variables()


@pytest.mark.parametrize("verb", [verb for verb in HELP if verb != "help"])
def test_readme_shows_every_verb(verb: str) -> None:
    assert f"`{verb}" in README


@pytest.mark.parametrize("option", OPTIONS)
def test_readme_shows_every_option(option: str) -> None:
    assert re.search(rf"\b{option}\b", README)


def test_readme_names_every_command_of_the_terminal() -> None:
    (commands,) = [action.choices for action in _build_parser()._actions if action.choices]
    named = README + (ROOT / "Makefile").read_text()
    assert all(f"vpccidr {command}" in named for command in commands)


def test_every_test_that_holds_an_invariant_exists() -> None:
    """A table that names tests which are gone holds nothing."""
    named = re.findall(r"`(tests/[\w/.]+)`", (ROOT / "docs" / "architecture.md").read_text())
    assert len(named) >= 10
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([\w/.-]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
