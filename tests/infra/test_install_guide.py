"""A guide is followed to the letter, so its letters are tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from infra.generate import parse_log_format
from infra.tables import FORMATS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "install.md").read_text()


class Loader(yaml.SafeLoader):
    """Passes over CloudFormation's short forms."""


Loader.add_multi_constructor("!", lambda *_: None)  # type: ignore[no-untyped-call]


def parameters(template: str) -> dict[str, dict[str, object]]:
    text = (ROOT / "infra" / template).read_text()
    return dict(yaml.load(text, Loader)["Parameters"])  # noqa: S506 - a SafeLoader


def rows() -> dict[str, str]:
    """Each parameter of the guide's tables and the default it gives."""
    lines = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.*?) ?\| ", GUIDE, re.MULTILINE)
    return {name: default for names, default in lines for name in re.findall(r"`(\w+)`", names)}


@pytest.mark.parametrize("template", ["vpccidr.yaml", "bot.yaml"])
def test_every_parameter_stands_in_the_guide(template: str) -> None:
    declared = parameters(template)
    told = {name: default for name, default in rows().items() if name in declared}
    assert set(told) == set(declared)
    defaults = {name: str(each.get("Default", "")) for name, each in declared.items()}
    assert {name: default.replace("this one", "") for name, default in told.items()} == defaults


def test_format_to_copy_is_the_one_the_stack_knows() -> None:
    [block] = re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL)
    assert parse_log_format(block) == FORMATS["v5-all-fields"]


@pytest.mark.parametrize("target", re.findall(r"^ +make ([a-z-]+)", GUIDE, re.MULTILINE))
def test_make_target_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "infra" / "deploy.mk").read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:infra|sql)/[\w./-]+)`", GUIDE))))
def test_file_is_there(path: str) -> None:
    assert (ROOT / path).exists()
