"""Who depends on whom, as a picture: client networks on the left, servers on the right, traffic between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.networks import Network
from bot.domain.services import write_service
from bot.domain.traffic import Link, Traffic
from bot.domain.wording import count, write_bytes
from bot.render.drawing import (
    ACCEPTED,
    EDGE,
    INK,
    PALE,
    QUIET,
    REJECTED,
    Arrowhead,
    Box,
    Drawing,
    Shape,
    Stroke,
    Words,
    fit,
    measure,
    shorten,
    wrap,
    write_alt,
)

MOST_LINKS = 8
"""So many links can be read in one picture."""

_WIDTH, _PAD = 880.0, 20.0
_NODE, _LABEL = 226.0, 262.0
_GAP = (_WIDTH - 2 * _PAD - 2 * _NODE - _LABEL) / 2
_ROW, _SPACE, _LABEL_HEIGHT = 66.0, 12.0, 50.0
_TITLE, _NAME, _TEXT, _SMALL = 21.0, 18.0, 16.5, 15.0
_LEFT, _MIDDLE, _RIGHT = _PAD, _PAD + _NODE + _GAP, _WIDTH - _PAD - _NODE
_LINE, _THICKEST, _HEAD = 2.0, 9.0, 13.0
_LONGEST_TITLE = 200
"""Characters of the title in the alt text: the rest of it must find room, too."""
_INSET, _STUB = 10.0, 5.0
_LINE_HEIGHT = 21.0
_NOTE_LINES = 3
_TOP = _PAD + _TITLE + _LINE_HEIGHT + 44


@dataclass(frozen=True)
class Caption:
    """What stands around the traffic: a title, what is meant by it, and what must not be overlooked.

    `has_accepted` tells that whatever was accepted is in the traffic, so that the rest was only rejected.
    """

    title: str
    about: str
    warnings: tuple[str, ...] = ()
    has_accepted: bool = True

    @property
    def rejected(self) -> str:
        """What is said of traffic of which nothing is known to be accepted."""
        return "only rejected" if self.has_accepted else "rejected"


@dataclass(frozen=True)
class _Node:
    """A network's box: as many rows high as it has links, so that each link has a row of its own at it."""

    network: Network
    first_row: int
    rows: int


def lay_out_networks(traffic: Traffic, caption: Caption) -> Drawing:
    """The picture of at least one link."""
    links = _order(traffic.links)
    notes = [*describe_left_out(traffic, caption), *caption.warnings]
    lines = [line for note in notes for line in wrap(note, _SMALL, _WIDTH - 2 * _PAD, _NOTE_LINES)]
    bottom = _TOP + _ROW * len(links)
    clients, _ = _stack([link.client for link in links])
    servers, rows = _stack([link.server for link in links])
    heaviest = max(link.accepted_bytes for link in links)
    shapes: list[Shape] = [*_draw_head(caption)]
    for index, (link, row) in enumerate(zip(links, rows, strict=True)):
        amount = _write_amount(link, caption)
        shapes += _draw_link(link, amount, (_middle(index), _middle(row)), heaviest)
    for nodes, x in ((clients, _LEFT), (servers, _RIGHT)):
        shapes += [shape for node in nodes for shape in _draw_node(node, x)]
    shapes += _draw_foot(lines, bottom, caption.rejected)
    height = bottom + _LINE_HEIGHT * (len(lines) + 1) + 1.4 * _PAD
    return Drawing(_WIDTH, height, tuple(shapes), _describe(traffic, caption, notes))


def describe_link(link: Link, caption: Caption) -> str:
    """A link as a sentence."""
    ends = f"{_name(link.client)} to {_name(link.server)}"
    return f"{ends}: {_write_amount(link, caption)}; {_write_services(link)}."


def describe_left_out(traffic: Traffic, caption: Caption) -> list[str]:
    """How many links are not in the picture, and what they moved; nothing where it holds all."""
    if not traffic.left_out and not traffic.has_more:
        return []
    least = "more than " if traffic.has_more else ""
    number = traffic.left_out_rejected
    rejected = f", {number:,} of them {caption.rejected}" if number else ""
    pairs = f"{least}{count(traffic.left_out, 'more pair')} of networks"
    return [f"Left out: {pairs}, {write_bytes(traffic.left_out_bytes)} accepted{rejected}."]


def _order(links: Sequence[Link]) -> list[Link]:
    """The links of one client together, the clients as their largest link ranks."""
    ranks: dict[Network, int] = {}
    for link in links:
        ranks.setdefault(link.client, len(ranks))
    return sorted(links, key=lambda link: ranks[link.client])


def _stack(networks: Sequence[Network]) -> tuple[list[_Node], list[int]]:
    """The boxes of one side, one below the other, and the row at which each link meets its own.

    `networks` are those of the links in their order; a box stands as near to its links as the others let it.
    """
    held: dict[Network, list[int]] = defaultdict(list)
    for link, network in enumerate(networks):
        held[network].append(link)
    nodes: list[_Node] = []
    rows = [0] * len(networks)
    first_row = 0
    for network, links in sorted(held.items(), key=lambda item: sum(item[1]) / len(item[1])):
        nodes.append(_Node(network, first_row, len(links)))
        for row, link in enumerate(links, first_row):
            rows[link] = row
        first_row += len(links)
    return nodes, rows


def _middle(row: float) -> float:
    return _TOP + _ROW * (row + 0.5)


def _draw_link(link: Link, amount: str, heights: tuple[float, float], heaviest: int) -> list[Shape]:
    y, server_y = heights
    color = ACCEPTED if link.is_accepted else REJECTED
    width = _LINE
    if link.is_accepted and heaviest:
        width += (_THICKEST - _LINE) * (link.accepted_bytes / heaviest) ** 0.5
    size = _HEAD + width / 2
    tip = (_RIGHT, server_y)
    label_end = _MIDDLE + _LABEL
    into = ((_LEFT + _NODE, y), (_MIDDLE, y))
    onward = (
        (label_end, y),
        (label_end + _STUB, y),
        (_RIGHT - size - _STUB, server_y),
        (_RIGHT - size + 1, server_y),
    )
    dashed = not link.is_accepted
    label = Box((_MIDDLE, y - _LABEL_HEIGHT / 2), (label_end, y + _LABEL_HEIGHT / 2), PALE, color)
    room, middle = _LABEL - 2 * _INSET, _MIDDLE + _LABEL / 2
    return [
        Stroke(into, width, color, dashed),
        Stroke(onward, width, color, dashed),
        Arrowhead(tip, size, color),
        label,
        Words((middle, y - 11), fit(amount, _TEXT, room), _TEXT, color, "mm"),
        Words((middle, y + 11), _fit_services(link, room), _SMALL, INK, "mm"),
    ]


def _draw_node(node: _Node, x: float) -> list[Shape]:
    network, top = node.network, _TOP + _ROW * node.first_row + _SPACE / 2
    bottom = top + _ROW * node.rows - _SPACE
    box = Box((x, top), (x + _NODE, bottom), outline=INK)
    y = (top + bottom) / 2
    room, left = _NODE - 2 * _INSET, x + _INSET
    name = fit(network.name, _NAME, room)
    if not network.about:
        return [box, Words((left, y), name, _NAME)]
    about = fit(network.about, _SMALL, room)
    return [box, Words((left, y - 11), name, _NAME), Words((left, y + 12), about, _SMALL, QUIET)]


def _draw_head(caption: Caption) -> list[Shape]:
    room = _WIDTH - 2 * _PAD
    return [
        Words((_PAD, _PAD + _TITLE / 2), fit(caption.title, _TITLE, room), _TITLE),
        Words((_PAD, _PAD + _TITLE + 16), fit(caption.about, _TEXT, room), _TEXT, QUIET),
        Words((_LEFT, _TOP - 16), "Clients", _TEXT, QUIET),
        Words((_MIDDLE + _LABEL / 2, _TOP - 16), "ask", _TEXT, QUIET, "mm"),
        Words((_RIGHT, _TOP - 16), "Servers", _TEXT, QUIET),
    ]


def _draw_foot(lines: Sequence[str], bottom: float, rejected: str) -> list[Shape]:
    y = bottom + _PAD + 4
    shapes: list[Shape] = [
        Stroke(((_PAD, y), (_PAD + 42, y)), 4, ACCEPTED),
        Words((_PAD + 52, y), "accepted, thicker for more bytes", _SMALL, QUIET),
        Stroke(((_PAD + 300, y), (_PAD + 342, y)), _LINE, REJECTED, is_dashed=True),
        Words((_PAD + 352, y), rejected, _SMALL, QUIET),
    ]
    lowest = y + _LINE_HEIGHT
    return [
        *shapes,
        Stroke(((_PAD, bottom + 6), (_WIDTH - _PAD, bottom + 6)), 1, EDGE),
        *(Words((_PAD, lowest + _LINE_HEIGHT * row), line, _SMALL) for row, line in enumerate(lines)),
    ]


def _describe(traffic: Traffic, caption: Caption, notes: Sequence[str]) -> str:
    """The picture in words, what must not be overlooked first."""
    head = f"{shorten(caption.title, _LONGEST_TITLE)}, {caption.about}. {' '.join(notes)}"
    return write_alt(head, [describe_link(link, caption) for link in traffic.links])


def _write_amount(link: Link, caption: Caption) -> str:
    flows = count(link.rejected_flows, "flow")
    if not link.is_accepted:
        return f"{caption.rejected}: {flows}"
    return write_bytes(link.accepted_bytes) + (f", {flows} rejected" if link.rejected_flows else "")


def _write_services(link: Link, shown: int = MOST_LINKS) -> str:
    services = ", ".join(write_service(*service) for service in link.services[:shown])
    more = link.service_count - len(link.services[:shown])
    return f"{services} and {more:,} more" if more else services


def _fit_services(link: Link, room: float) -> str:
    """As many of the services as there is room for, the largest in any case."""
    texts = [_write_services(link, shown) for shown in range(max(1, len(link.services)), 0, -1)]
    return next((text for text in texts if measure(text, _SMALL) <= room), fit(texts[-1], _SMALL, room))


def _name(network: Network) -> str:
    return f"{network.name} ({network.about})" if network.about else network.name
