"""The connections of one day, drawn from the habits."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bot.sample_logs.story import ICMP, ICMPV6, TCP, Action, Habit, Rhythm

DAY_S = 86_400
SATURDAY = 5
EPHEMERAL_PORTS = (32_768, 60_999)
SMALLEST_PACKET_BYTES = 52  # an acknowledgement without payload
SIZE_SPREAD = 0.4


@dataclass(frozen=True)
class Direction:
    """What one side sent to the other."""

    packets: int
    sent_bytes: int


@dataclass(frozen=True)
class Connection:
    """One connection; `start_s` and `end_s` are seconds since midnight, the last one included."""

    client: str
    server: str
    client_port: int
    server_port: int
    protocol: int
    action: Action
    start_s: int
    end_s: int
    to_server: Direction
    to_client: Direction


def draw_connections(habit: Habit, day: dt.date, seed: int, scale: float) -> Iterator[Connection]:
    """Draw the connections of a habit on a UTC day; each habit and day has its own randomness.

    So no day depends on which other days were asked for. `scale` multiplies the number of connections.
    """
    rng = random.Random(f"{seed} {day} {habit.name}")  # noqa: S311 - a story to repeat, not a secret
    for _ in range(_draw_count(rng, habit, day, scale)):
        yield _draw_connection(rng, habit)


def _draw_count(rng: random.Random, habit: Habit, day: dt.date, scale: float) -> int:
    weekend = habit.rhythm.weekend if day.weekday() >= SATURDAY else 1.0
    return round(habit.per_day * weekend * scale * rng.uniform(0.85, 1.15))


def _draw_connection(rng: random.Random, habit: Habit) -> Connection:
    start_s = _draw_start(rng, habit.rhythm)
    to_server, to_client = _draw_directions(rng, habit)
    return Connection(
        client=rng.choice(habit.clients),
        server=rng.choice(habit.servers),
        client_port=0 if habit.protocol in (ICMP, ICMPV6) else rng.randint(*EPHEMERAL_PORTS),
        server_port=rng.choice(habit.ports),
        protocol=habit.protocol,
        action=habit.action,
        start_s=start_s,
        end_s=min(start_s + rng.randint(*habit.seconds), DAY_S - 1),
        to_server=to_server,
        to_client=to_client,
    )


def _draw_start(rng: random.Random, rhythm: Rhythm) -> int:
    (hour,) = rng.choices(range(24), rhythm.weights)
    return hour * 3600 + rng.randrange(3600)


def _draw_directions(rng: random.Random, habit: Habit) -> tuple[Direction, Direction]:
    """Draw both directions; TCP acknowledges every second packet, so neither side is ever silent."""
    factor = rng.lognormvariate(0, SIZE_SPREAD)
    request, reply = int(habit.bytes_to_server * factor), int(habit.bytes_to_client * factor)
    if habit.action == "REJECT":
        return _build_direction(habit, request, 1), Direction(0, 0)
    return (
        _build_direction(habit, request, _count_acknowledgements(habit, reply)),
        _build_direction(habit, reply, _count_acknowledgements(habit, request)),
    )


def _count_acknowledgements(habit: Habit, received_bytes: int) -> int:
    return received_bytes // habit.packet_bytes // 2 if habit.protocol == TCP else 0


def _build_direction(habit: Habit, sent_bytes: int, least_packets: int) -> Direction:
    packets = max(1, least_packets, -(-sent_bytes // habit.packet_bytes))
    smallest = min(SMALLEST_PACKET_BYTES, habit.packet_bytes)
    return Direction(packets, max(sent_bytes, packets * smallest))
