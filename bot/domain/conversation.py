"""One row of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Conversation:
    """Who talked to whom: a client, a server and its port, over the window or on one day.

    `protocol` is IANA's number; `bytes` is the sum of both directions; times are UTC.
    """

    client: str
    server: str
    service_port: int
    protocol: int
    action: str
    flows: int
    packets: int
    bytes: int
    bytes_to_server: int
    bytes_to_client: int
    first_seen: datetime
    last_seen: datetime
