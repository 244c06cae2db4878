"""Lines that nobody should type, for the whole way from Slack's request to the acknowledgement."""

from __future__ import annotations

import random

from bot.domain.help import HELP, OPTIONS

_WORDS = (
    *HELP,
    *(entry.form for entry in OPTIONS.values()),
    *("10.1.0.0/16", "10.9.0.0/33", "::1/64", "<http://10.1.0.0/16|10.1.0.0/16>", "<@U1>", "<!channel>"),
    *("vpc-a", "as", "every", "day", "at", "09:00", "report", "raw", "days=", "=", "from=2026-13-40"),
    *(
        "'; DROP TABLE runs; --",
        "%s%n{0}{x!r}",
        "$(reboot)",
        "../../etc/passwd",
        "\x00",
        "\u202e",
        "🦄",
        "“days=3”",
    ),
)
_LONGEST = 9_000


def make_lines(seed: int, count: int) -> list[str]:
    """So many lines: of the grammar's own words, mutated, of any characters, and far too long."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    return [_make_line(chance) for _ in range(count)]


def _make_line(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.02:
        return "x" * chance.randrange(_LONGEST)
    if kind < 0.2:
        return "".join(
            chr(chance.choice((chance.randrange(128), chance.randrange(0xD7FF)))) for _ in range(40)
        )
    words = chance.choices(_WORDS, k=chance.randrange(8))
    line = chance.choice((" ", " ", "  ", "\t", "\u00a0")).join(words)
    return line if kind < 0.7 else _mutate(line, chance)


def _mutate(line: str, chance: random.Random) -> str:
    letters = list(line)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(letters) + 1)
        letters[place : place + chance.randrange(3)] = chr(chance.randrange(0x2FFF))
    return "".join(letters)
