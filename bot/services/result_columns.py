"""The columns that a scan gives, for an engine that hands its result over as text."""

from __future__ import annotations

from bot.domain.flowlog import FIELDS, PARTITIONS, Type

OPTIONAL_COLUMNS: dict[str, Type] = {
    "lowest_path": Type.INT,
    "highest_path": Type.INT,
    "peering_path": Type.INT,
    "client_service": Type.STRING,
    "server_service": Type.STRING,
    "witnesses": Type.BIGINT,
    "accepted_witnesses": Type.BIGINT,
}
"""Those that results of scans by earlier versions lack."""

SCAN_COLUMNS: dict[str, Type] = {
    "kind": Type.STRING,
    "day": Type.STRING,
    "aws_account_id": Type.STRING,
    "aws_region": Type.STRING,
    "log_status": Type.STRING,
    "records": Type.BIGINT,
    "client": Type.STRING,
    "server": Type.STRING,
    "service_port": Type.INT,
    "protocol": Type.INT,
    "action": Type.STRING,
    "flows_to_server": Type.BIGINT,
    "flows_to_client": Type.BIGINT,
    "packets_to_server": Type.BIGINT,
    "packets_to_client": Type.BIGINT,
    "bytes_to_server": Type.BIGINT,
    "bytes_to_client": Type.BIGINT,
    "first_seen": Type.BIGINT,
    "last_seen": Type.BIGINT,
    **OPTIONAL_COLUMNS,
    "total_conversations": Type.BIGINT,
    "total_flows": Type.BIGINT,
    "total_packets": Type.BIGINT,
    "total_bytes": Type.BIGINT,
    "total_accepted": Type.BIGINT,
    "total_rejected": Type.BIGINT,
    "accepted_until": Type.BIGINT,
    "rejected_until": Type.BIGINT,
}
"""What `sql/scan.sql` gives, in its order."""

_KNOWN = FIELDS | PARTITIONS | SCAN_COLUMNS


def type_of(column: str) -> Type:
    """The type of a column of a result: of the scan's, or of a raw record's; text where nobody knows it."""
    return _KNOWN.get(column, Type.STRING)
