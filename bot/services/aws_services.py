"""The AWS services of addresses that an answer or a view shows, where the logs name one."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from bot.domain.address import Address, is_address
from bot.domain.changes import ChangedConversation
from bot.domain.conversation import Conversation
from bot.domain.question import Question
from bot.domain.view_answer import HostRow, ViewRow
from bot.services.ports import Result

_PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)


def find_services(question: Question, result: Result, rows: Iterable[ViewRow]) -> dict[str, str]:
    """The services of the public addresses in the rows.

    The logs name the service of the packet's own address. Where a NAT gateway stands between, the record's
    address is another one, and private: it belongs to no service.
    """
    found = sorted({address for row in rows for address in _list_addresses(row) if _is_public(address)})
    return result.read_services(question, [Address(address) for address in found]) if found else {}


def _list_addresses(row: ViewRow) -> tuple[str, ...]:
    match row:
        case Conversation() | ChangedConversation():
            return (row.client, row.server)
        case HostRow():
            return (row.address,)
    return ()


def _is_public(address: str) -> bool:
    return is_address(address) and not any(ip_address(address) in block for block in _PRIVATE)
