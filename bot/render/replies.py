"""Short replies, as plain sentences: what registering did, the list of blocks, and help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tabulate import tabulate

from bot.domain.cidr import Block, ParsedBlock
from bot.domain.help import HELP, OPTIONS
from bot.domain.registration import Added, Listing, Removed
from bot.domain.wording import count


def render_added(added: Added) -> str:
    """What adding a block did, in one line."""
    into = f" as {added.name}" if added.name else ""
    if not added.is_new:
        return f"{render_cleared(added.parsed)}{added.block} is registered{into} already; nothing changed."
    return " ".join(
        filter(
            None,
            (
                f"{render_cleared(added.parsed)}{added.block} is registered{into}:",
                f"{count_addresses(added.block.size)} in {added.block.expansion_name}.",
                _render_overlaps(added),
            ),
        )
    )


def render_cleared(parsed: ParsedBlock) -> str:
    """That host bits were cleared, as a sentence with a space after it, or nothing."""
    return f"{parsed.typed} has host bits set, so {parsed.block} is meant. " if parsed.typed else ""


def render_notes(cleared: Iterable[ParsedBlock], registered: Iterable[Added]) -> tuple[str, ...]:
    """What was understood and done before a question could be asked, a sentence each."""
    fresh = (replace(added, parsed=ParsedBlock(added.block)) for added in registered)
    return (*(render_cleared(parsed).strip() for parsed in cleared), *map(render_added, fresh))


def count_addresses(number: int) -> str:
    """A number of addresses: `1 address`, `65,536 addresses`."""
    return "1 address" if number == 1 else f"{number:,} addresses"


def render_removed(removed: Removed) -> str:
    """What was removed, in one line."""
    blocks = ", ".join(map(str, removed.blocks))
    if not removed.name:
        return f"{blocks} is no longer registered."
    return f"The network {removed.name} is gone" + (
        f", and with it {blocks}." if blocks else "; other networks keep its blocks."
    )


def render_listing(listing: Listing) -> str:
    """A table of the registered blocks with the networks that hold them."""
    if not listing.blocks:
        return "No block is registered yet. Register one with: add 10.1.0.0/16 as vpc-b"
    names: dict[Block, list[str]] = defaultdict(list)
    for name, held in listing.networks.items():
        for block in held:
            names[block].append(name)
    rows = [(str(block), f"{block.size:,}", ", ".join(names[block])) for block in listing.blocks]
    table = tabulate(
        rows, ("Block", "Addresses", "Network"), colalign=("left", "right", "left"), disable_numparse=True
    )
    return f"{count(len(rows), 'block')} registered\n\n{table}"


def render_help(verb: str, command: str) -> str:
    """How to use one verb, or all of them; `command` is what a line begins with, e.g. `/vpccidr`."""
    if verb:
        entry = HELP[verb]
        options = (f"  {OPTIONS[name].form:<26}{OPTIONS[name].means}" for name in entry.options)
        return "\n".join(
            [
                f"{command} {entry.form}",
                entry.answers,
                *_titled("Options", options),
                *_titled("Try", _list_examples(entry.examples, command)),
            ]
        )
    verbs = (
        f"  {entry.form:<32}{entry.answers}\n  {'':<32}{command} {entry.examples[0]}"
        for entry in HELP.values()
    )
    options = (f"  {entry.form:<26}{entry.means}" for entry in OPTIONS.values())
    return "\n".join([*_titled("Commands", verbs), *_titled("Options", options)])


def _titled(title: str, lines: Iterable[str]) -> Iterator[str]:
    held = list(lines)
    yield from (f"\n{title}:", *held) if held else ()


def _list_examples(examples: Iterable[str], command: str) -> Iterator[str]:
    return (f"  {command} {example}" for example in examples)


def _render_overlaps(added: Added) -> str:
    if not added.overlaps:
        return ""
    return f"It shares addresses with {', '.join(map(str, added.overlaps))}, so an address can be in both."
