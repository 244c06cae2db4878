"""Compiles `flowlog_lines.c` into the package while that is built, by whatever C compiler is at hand.

Where there is none, a compiler that is a Python package is asked for. Where compiling fails all the same, the
package is built without it, and reads text more slowly.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("bot/adapters/flowlog_lines.c")
LIBRARY = Path("bot/adapters/libflowlog_lines.so")

_ZIG = "ziglang==0.17.1"  # MIT
_FLAGS = ("-O3", "-shared", "-fPIC")
_ZIG_FLAGS = ("-mcpu=baseline",)  # or it compiles for this very processor


class LinesBuilder(BuildHookInterface[Any]):
    """Adds the compiled library to a wheel, which is of one platform then."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the building needs besides hatchling."""
        return [] if shutil.which("cc") else [_ZIG]

    def initialize(self, _: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are gathered."""
        root = Path(self.root)
        try:
            compile_library(root / SOURCE, root / LIBRARY, choose_compiler())
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"{SOURCE} is not compiled, text will be read more slowly: {error}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["artifacts"].append(str(LIBRARY))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"


def choose_compiler() -> Sequence[str]:
    """The command that compiles C here."""
    compiler = shutil.which("cc")
    return (compiler,) if compiler else (sys.executable, "-m", "ziglang", "cc", *_ZIG_FLAGS)


def compile_library(source: Path, library: Path, compiler: Sequence[str]) -> None:
    """Compile, and put the library in the place of the one before, which running processes go on with.

    Raises OSError or CalledProcessError; then there is no library.
    """
    half = library.with_suffix(".half")
    library.unlink(missing_ok=True)
    subprocess.run([*compiler, *_FLAGS, "-o", str(half), str(source)], check=True, capture_output=True)  # noqa: S603
    half.replace(library)
