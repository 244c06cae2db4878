"""The package is built with its compiled code where that can be, and without it where not."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.adapters import flowlog_lines
from infra.build_lines import LIBRARY, SOURCE, LinesBuilder, compile_library

ROOT = Path(__file__).parents[2]

needs_cc = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler here")


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


@pytest.fixture(params=["absent", "failing"])
def without_compiler(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has no C compiler on its path, or one without its headers."""
    path = tmp_path / "bin"
    path.mkdir()
    if request.param == "failing":
        (path / "cc").write_text("#!/bin/sh\nexit 1\n")
        (path / "cc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}/nowhere")


def hook(root: Path, app: App | None = None) -> LinesBuilder:
    return LinesBuilder(str(root), {}, None, None, str(root), "wheel", app)  # type: ignore[arg-type]


def build(root: Path) -> tuple[dict[str, Any], list[str]]:
    """What the hook makes of a wheel, and what it warns of."""
    data: dict[str, Any] = {"artifacts": [], "pure_python": True}
    app = App()
    hook(root, app).initialize("standard", data)
    return data, app.warnings


@needs_cc
def test_wheel_has_the_library(root: Path) -> None:
    """And is of this platform only, for any Python from the oldest on."""
    data, warnings = build(root)
    assert (data["artifacts"], data["pure_python"], warnings) == ([str(LIBRARY)], False, [])
    assert data["tag"].startswith("py3-none-")
    assert flowlog_lines.load(root / LIBRARY) is not None
    assert {path.name for path in (root / LIBRARY).parent.iterdir()} == {SOURCE.name, LIBRARY.name}
    assert hook(root).dependencies() == []


@needs_cc
def test_compiles_without_a_warning(tmp_path: Path) -> None:
    strict = ["cc", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
    assert compile_library(ROOT / SOURCE, tmp_path / LIBRARY.name, [strict])


def test_source_that_does_not_compile_keeps_nobody_from_building(root: Path) -> None:
    """The library of another day is gone: it might be of another source."""
    (root / SOURCE).write_text("no C")
    data, (warning,) = build(root)
    assert (data, (root / LIBRARY).exists()) == ({"artifacts": [], "pure_python": True}, False)
    assert "text is read more slowly" in warning


def test_without_a_compiler_one_is_asked_for(root: Path, without_compiler: None) -> None:
    """As a package, pinned; and where it is not to be had, the package is built all the same."""
    (wanted,) = hook(root).dependencies()
    assert wanted.startswith("ziglang==")
    data, (warning,) = build(root)
    assert (data["pure_python"], "text is read more slowly" in warning) == (True, True)


@needs_cc
def test_running_process_keeps_its_library(root: Path) -> None:
    """A library that is built anew takes another file's place, and is not written into."""
    with (root / LIBRARY).open("rb") as loaded:
        assert compile_library(root / SOURCE, root / LIBRARY)
        assert loaded.read() == b"of another day"


def test_image_compiles_its_own() -> None:
    """And takes no library of the machine where it is built."""
    dockerfile, ignored = ((ROOT / name).read_text() for name in ("Dockerfile", ".dockerignore"))
    assert "COPY infra/build_lines.py ./infra/" in dockerfile
    assert {"!infra/build_lines.py", "**/*.so"} <= set(ignored.split())
