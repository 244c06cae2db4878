"""The package is built with its compiled code where that can be, and without it where not."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.adapters import flowlog_lines
from infra import build_lines
from infra.build_lines import LIBRARY, SOURCE, LinesBuilder, choose_compiler, compile_library

ROOT = Path(__file__).parents[2]


class App:
    """Hatch's terminal."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with the source alone, and a library of another day."""
    (tmp_path / SOURCE).parent.mkdir(parents=True)
    shutil.copy(ROOT / SOURCE, tmp_path / SOURCE)
    (tmp_path / LIBRARY).write_bytes(b"of another day")
    return tmp_path


def build(root: Path) -> tuple[dict[str, Any], list[str]]:
    """What the hook makes of a wheel, and what it warns of."""
    data: dict[str, Any] = {"artifacts": [], "pure_python": True}
    app = App()
    LinesBuilder(str(root), {}, None, None, str(root), "wheel", app).initialize("standard", data)  # type: ignore[arg-type]
    return data, app.warnings


@pytest.fixture
def without_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no C compiler on its path."""
    monkeypatch.setattr(build_lines, "shutil", type("Nothing", (), {"which": staticmethod(lambda _: None)}))


needs_cc = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler here")


@needs_cc
def test_wheel_has_the_library(root: Path) -> None:
    """And is of this platform only, for any Python from the oldest on."""
    data, warnings = build(root)
    assert (data["artifacts"], data["pure_python"], warnings) == ([str(LIBRARY)], False, [])
    assert data["tag"].startswith("py3-none-")
    assert flowlog_lines.load(root / LIBRARY) is not None
    assert {path.name for path in (root / LIBRARY).parent.iterdir()} == {SOURCE.name, LIBRARY.name}


@needs_cc
def test_compiles_without_a_warning(tmp_path: Path) -> None:
    command = ["cc", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
    compile_library(ROOT / SOURCE, tmp_path / "lines.so", command)
    assert (tmp_path / "lines.so").exists()


@needs_cc
def test_source_that_does_not_compile_keeps_nobody_from_building(root: Path) -> None:
    """The library of another day is gone: it might be of another source."""
    (root / SOURCE).write_text("no C")
    data, (warning,) = build(root)
    assert (data, (root / LIBRARY).exists()) == ({"artifacts": [], "pure_python": True}, False)
    assert "text will be read more slowly" in warning


def test_without_a_compiler_one_is_asked_for(without_compiler: None) -> None:
    """As a package, pinned; nothing is asked for where there is one."""
    hook = LinesBuilder("", {}, None, None, "", "wheel", None)  # type: ignore[arg-type]
    (wanted,) = hook.dependencies()
    assert wanted.startswith("ziglang==")
    assert list(choose_compiler())[:4] == [sys.executable, "-m", "ziglang", "cc"]


@needs_cc
def test_with_a_compiler_none_is_asked_for() -> None:
    assert LinesBuilder("", {}, None, None, "", "wheel", None).dependencies() == []  # type: ignore[arg-type]


def test_compiler_that_cannot_be_had_keeps_nobody_from_building(root: Path, without_compiler: None) -> None:
    """Its package is not in this environment."""
    data, (warning,) = build(root)
    assert (data["pure_python"], "text will be read more slowly" in warning) == (True, True)


def test_dockerfile_has_what_is_compiled() -> None:
    """And no library of the machine where it is built."""
    dockerfile, ignored = (ROOT / name for name in ("Dockerfile", ".dockerignore"))
    assert "COPY infra/build_lines.py ./infra/" in dockerfile.read_text()
    assert {"!infra/build_lines.py", "**/*.so"} <= set(ignored.read_text().split())


@needs_cc
def test_running_process_keeps_its_library(root: Path) -> None:
    """A library that is built anew takes another file's place, and is not written into."""
    before = (root / LIBRARY).stat().st_ino
    with (root / LIBRARY).open("rb") as used:
        compile_library(root / SOURCE, root / LIBRARY, choose_compiler())
        assert (used.read(), before != (root / LIBRARY).stat().st_ino) == (b"of another day", True)
