"""The AWS services of addresses that an answer or a view shows, where the logs name one."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from bot.domain.address import Address, is_address
from bot.domain.changes import ChangedConversation
from bot.domain.conversation import Conversation
from bot.domain.question import Question
from bot.domain.view_answer import HostRow, ViewRow
from bot.services.ports import Result


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
    return is_address(address) and ip_address(address).is_global
