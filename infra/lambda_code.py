"""The Lambda's code as one file: `cidr_ip_generator.py` with the bot's own functions in place of imports."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType

from bot import errors
from bot.domain import cidr, paste

SOURCE = Path(__file__).with_name("cidr_ip_generator.py")

_TAKEN: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (errors, ("VpccidrError", "RequestError")),
    (paste, ("QUOTED_LENGTH", "quote")),
    (
        cidr,
        (
            "DEFAULT_LARGEST_PREFIX",
            "_TAILS",
            "_LINES_OF_A_LENGTH",
            "Block",
            "ParsedBlock",
            "parse_block",
            "_refuse_large",
            "_is_canonical",
            "expand",
            "_find_last_digits",
        ),
    ),
)
_LEFT_OUT = ("overlaps", "contains")
_NEEDED = "import ipaddress"
_BORROWED = "from bot.domain.cidr import"


def build_lambda_code() -> str:
    """The whole of the Lambda's code, whose parts from the bot are the bot's, word for word."""
    before, borrowed, after = SOURCE.read_text().partition(_BORROWED)
    if not borrowed:
        raise ValueError(f"{SOURCE.name} no longer borrows from the bot.")
    parts = [take_definitions(module, names) for module, names in _TAKEN]
    own = after.split("\n", maxsplit=1)[1].strip("\n")
    return "\n\n".join([before + _NEEDED, *parts, own]) + "\n"


def take_definitions(module: ModuleType, names: tuple[str, ...]) -> str:
    """The source of the module's `names`, in the module's order, without docstrings."""
    source = inspect.getsource(module)
    nodes = [node for node in ast.parse(source).body if _name_of(node) in names]
    if len(nodes) != len(names):
        raise ValueError(f"{module.__name__} no longer has all of {', '.join(names)}.")
    return _join(nodes, source.splitlines())


def _join(nodes: list[ast.stmt], lines: list[str]) -> str:
    return "\n\n".join("\n".join(_take_lines(node, lines)) for node in nodes)


def _name_of(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""


def _take_lines(node: ast.stmt, lines: list[str]) -> list[str]:
    dropped = {number for left_out in ast.walk(node) for number in _dropped_numbers(left_out)}
    numbers = [number for number in _numbers(node) if number not in dropped]
    return [lines[number] for number in numbers if lines[number].strip()]


def _dropped_numbers(node: ast.AST) -> list[int]:
    """The lines of a docstring, and of a method that the Lambda does without."""
    if isinstance(node, ast.FunctionDef) and node.name in _LEFT_OUT:
        return _numbers(node)
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) and len(node.body) > 1:
        return _numbers(node.body[0])
    return []


def _numbers(node: ast.stmt) -> list[int]:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return list(range(first - 1, node.end_lineno or first))
