"""Lines that nobody should type, and somebody will: seeded, so that what went wrong can be typed again."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bot.domain.help import HELP, OPTIONS

_EXAMPLES = [each for entry in HELP.values() for each in entry.examples]
_WORDS = [
    *HELP,
    *OPTIONS,
    *(f"{name}={value}" for name in OPTIONS for value in ("", "0", "1", "-1", "9" * 30, "tcp", "2026-11-20")),
    *("as", "vpc-a", "10.1.0.0/16", "10.1.0.9", "0.0.0.0/0", "::1/64", "10.1.0.0/33", "daily", "09:00"),
]
_LINKS = [
    "<http://10.1.0.0/16|10.1.0.0/16>",
    "<http://10.1.0.0|10.1.0.0>/16",
    "<mailto:a@example.com|a@example.com>",
    "<@U0ANA00000|ana>",
    "<#C0NETWORK0|network>",
    "<!channel>",
    "<!subteam^S1|@net>",
    "&lt;10.1.0.0/16&gt;",
    "<",
    "|>",
]
_HOSTILE = [
    "' OR 1=1 --",
    "'; DROP TABLE runs; --",
    "10.1.0.0/16') UNION SELECT * FROM commands --",
    "%s%n%x%p",
    "{0.__class__}",
    "{run.id!r}",
    "${jndi:ldap://127.0.0.1/a}",
    "$(reboot)",
    "`reboot`",
    "../../etc/passwd",
    "\\x00\\u0000",
]


def fuzz_lines(seed: int, count: int) -> Iterator[str]:
    """So many lines, the same ones for the same seed."""
    random = Random(seed)  # noqa: S311 - nothing is secret here
    kinds = (_mix_words, _mutate, _scramble, _link, _attack, _stretch)
    weights = (8, 8, 4, 4, 4, 1)
    for kind in random.choices(kinds, weights, k=count):
        yield kind(random)


def _mix_words(random: Random) -> str:
    """The grammar's own words, in any order."""
    return " ".join(random.choices(_WORDS, k=random.randrange(8)))


def _mutate(random: Random) -> str:
    """A line that works, with a few characters lost, changed or slipped in."""
    line = random.choice(_EXAMPLES)
    for _ in range(random.randrange(4)):
        at = random.randrange(len(line) + 1)
        line = line[:at] + _character(random) * random.randrange(2) + line[at + random.randrange(3) :]
    return line


def _scramble(random: Random) -> str:
    """Any characters at all: of every script, control characters, halves of a pair."""
    return "".join(_character(random) for _ in range(random.randrange(60)))


def _link(random: Random) -> str:
    """What Slack makes of addresses and names."""
    return " ".join(random.choices([*_LINKS, *_WORDS], k=random.randrange(1, 6)))


def _attack(random: Random) -> str:
    """What is meant for a database, a shell or a formatter."""
    return " ".join((random.choice([*HELP, ""]), *random.choices([*_HOSTILE, *_WORDS], k=3)))


def _stretch(random: Random) -> str:
    """Far too long."""
    return (random.choice(_WORDS) + random.choice((" ", ",", "", "<"))) * random.randrange(100, 5_000)


def _character(random: Random) -> str:
    if random.random() < 0.5:
        return chr(random.randrange(0x80))
    return chr(random.randrange(0x110000))
