"""The registry: which blocks can be asked about, and under which names."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cidr import Block, ParsedBlock, find_overlaps, parse_block
from bot.domain.command import Add, Ask, Operand
from bot.domain.networks import Networks
from bot.domain.options import find_nearest
from bot.domain.question import Question, Side
from bot.domain.registration import Added, Listing, Removed
from bot.domain.scenario import ROLES, Scenario
from bot.domain.wording import join_up_to
from bot.errors import RequestError
from bot.services.ports import BlockStore, Expansions

_SHOWN = 20


@dataclass(frozen=True)
class Prepared:
    """A question ready to be scanned for, and the blocks that had to be registered for it."""

    question: Question
    registered: tuple[Added, ...]
    cleared: tuple[ParsedBlock, ...]


class Registry:
    """Registers blocks: expands each one first, so that a registered block is always whole."""

    def __init__(self, store: BlockStore, expansions: Expansions, home: str = "") -> None:
        self._store = store
        self._expansions = expansions
        self._home = home
        self._lock = threading.Lock()

    def add(self, command: Add) -> Added:
        """Register a block. Raises StoreError."""
        return self._register(command.block, command.name)

    def list(self) -> Listing:
        """Everything that is registered. Raises StoreError."""
        return Listing(tuple(self._store.list_blocks()), self._store.list_networks())

    def read_networks(self) -> dict[str, tuple[Block, ...]]:
        """The blocks of every network, by its name. Raises StoreError."""
        return self._store.list_networks()

    def place_networks(self, blocks: Sequence[Block]) -> Networks:
        """The networks of addresses, as registered now; `blocks` count as registered. Raises StoreError."""
        return Networks(self._store.list_networks(), (*self._store.list_blocks(), *blocks))

    def remove(self, operand: Operand) -> Removed:
        """Remove a block, or a network with those of its blocks that no other network holds.

        Raises RequestError where there is no such block or network.
        """
        with self._lock:
            return self._remove_network(operand) if isinstance(operand, str) else self._remove_block(operand)

    def prepare(self, ask: Ask) -> Prepared:
        """The question that a command asks; blocks that are not registered yet are registered first.

        Raises RequestError for a name that no network has.
        """
        operands = self._add_home(ask)
        parsed = [operand for operand in operands if isinstance(operand, ParsedBlock)]
        sides = [self._resolve(operand) for operand in operands]
        asked, home = _assign(ask.scenario, sides)
        if home is not None and home.blocks == asked.blocks:
            raise RequestError(f"Both sides are {asked}: name two networks.", f"internal {asked}")
        added = [self._register(block) for block in parsed]
        self.mend([block for side in sides for block in side.blocks])
        question = Question(
            ask.scenario,
            asked,
            ask.window,
            home,
            ask.filters,
            ask.measure,
            ask.top,
            ask.raw_rows,
            ask.is_disconnect,
            ask.compared,
        )
        new = tuple(one for one in added if one.is_new)
        return Prepared(question, new, tuple(one for one in parsed if one.typed))

    def _add_home(self, ask: Ask) -> tuple[Operand, ...]:
        """The operands, with the configured home network where the form has a place left for it."""
        if not self._home:
            return ask.operands
        home = parse_block(self._home).block if "/" in self._home else None
        operand: Operand = ParsedBlock(home) if home else self._home
        roles = ROLES[ask.scenario]
        if not ask.operands:
            return (operand,)
        if len(ask.operands) == 1 and roles.takes_home:
            return (operand, *ask.operands) if roles.home_first else (*ask.operands, operand)
        return ask.operands

    def _resolve(self, operand: Operand) -> Side:
        if isinstance(operand, ParsedBlock):
            return Side((operand.block,))
        return Side(self._find_network(operand), operand)

    def _find_network(self, name: str) -> tuple[Block, ...]:
        networks = self._store.list_networks()
        if name not in networks:
            raise _refuse_name(name, list(networks))
        return networks[name]

    def _register(self, parsed: ParsedBlock, name: str = "") -> Added:
        block = parsed.block
        with self._lock:
            overlaps = find_overlaps(block, self._store.list_blocks())
            self._expand(block)
            return Added(parsed, name, self._store.add(block, name), overlaps)

    def mend(self, blocks: Sequence[Block]) -> None:
        """Write again what was lost, or was never here, of the blocks' expansions. Raises StoreError."""
        with self._lock:
            for block in blocks:
                self._expand(block)

    def _expand(self, block: Block) -> None:
        if not self._expansions.has(block):
            self._expansions.write(block)

    def _remove_block(self, parsed: ParsedBlock) -> Removed:
        if parsed.block not in self._store.list_blocks():
            raise RequestError(f"{parsed.block} is not registered.", "list")
        return self._forget((parsed.block,))

    def _remove_network(self, name: str) -> Removed:
        blocks = self._find_network(name)
        others = {
            block for other, held in self._store.list_networks().items() if other != name for block in held
        }
        self._store.remove_network(name)
        return self._forget(tuple(block for block in blocks if block not in others), name)

    def _forget(self, blocks: tuple[Block, ...], name: str = "") -> Removed:
        self._store.remove(blocks)
        for block in blocks:
            self._expansions.remove(block)
        return Removed(blocks, name)


def _refuse_name(name: str, names: Sequence[str]) -> RequestError:
    """The error about a name that no network has; of very many names, it lists the first."""
    known = (
        f"the networks are {join_up_to(names, _SHOWN, 'network')}" if names else "there are no networks yet"
    )
    if nearest := find_nearest(name, names):
        known = f"the nearest is {nearest}"
    return RequestError(f"There is no network named {name}; {known}.", f"add 10.1.0.0/16 as {name}")


def _assign(scenario: Scenario, sides: Sequence[Side]) -> tuple[Side, Side | None]:
    """The asked side and the home side, from the sides in the order of the grammar."""
    if len(sides) == 1:
        return sides[0], None
    first, second = sides
    return (second, first) if ROLES[scenario].home_first else (first, second)
