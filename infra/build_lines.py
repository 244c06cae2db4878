"""Compiles `flowlog_lines.c` into the package while that is built, by whatever C compiler works here.

Where none does, one that is a Python package is asked for. Where that cannot compile it either, the package
is built without the library, and reads text more slowly.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("bot/adapters/flowlog_lines.c")
LIBRARY = Path("bot/adapters/libflowlog_lines.so")

_CC = ("cc",)
_ZIG = (sys.executable, "-m", "ziglang", "cc", "-mcpu=baseline")  # or it compiles for this very processor
_ZIG_PACKAGE = "ziglang==0.17.1"  # MIT
_FLAGS = ("-O3", "-shared", "-fPIC")


class LinesBuilder(BuildHookInterface[Any]):
    """Adds the compiled library to a wheel, which is of one platform then."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the building needs besides hatchling."""
        with TemporaryDirectory() as folder:
            works = compile_library(Path(self.root, SOURCE), Path(folder, LIBRARY.name), [_CC])
        return [] if works else [_ZIG_PACKAGE]

    def initialize(self, _: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are gathered."""
        if not compile_library(Path(self.root, SOURCE), Path(self.root, LIBRARY)):
            self.app.display_warning(
                f"No C compiler works here: without {LIBRARY}, text is read more slowly."
            )
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["artifacts"].append(str(LIBRARY))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"


def compile_library(source: Path, library: Path, compilers: Sequence[Sequence[str]] = (_CC, _ZIG)) -> bool:
    """Compile by the first compiler that can; where none can, there is no library afterwards.

    A library that running processes have loaded stays theirs: the new one is another file.
    """
    library.unlink(missing_ok=True)
    half = library.with_suffix(".half")
    for compiler in compilers:
        command = [*compiler, *_FLAGS, "-o", str(half), str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            continue
        half.replace(library)
        return True
    return False
