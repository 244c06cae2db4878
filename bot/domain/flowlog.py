"""The fields of a VPC flow log record, versions 2 to 11, under AWS's own names.

Source: "Flow log records", Amazon VPC User Guide. The names are those of AWS's tables, with underscores;
a text file's header line writes them with dashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Type(StrEnum):
    """A column's type, in the words that Athena's DDL uses."""

    STRING = "string"
    INT = "int"
    BIGINT = "bigint"

    @property
    def in_queries(self) -> str:
        """The type in the words of queries, of either engine."""
        return {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT"}[self.value]


_INTS = "version srcport dstport protocol tcp_flags traffic_path encryption_status".split()
_BIGINTS = "packets bytes start end".split()

DEFAULT_FORMAT: tuple[str, ...] = tuple(
    "version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start end "
    "action log_status".split()
)
"""The version 2 format, which AWS writes unless told otherwise."""

_LATER_FIELDS = (
    # version 3
    "vpc_id subnet_id instance_id tcp_flags type pkt_srcaddr pkt_dstaddr "
    # version 4
    "region az_id sublocation_type sublocation_id "
    # version 5
    "pkt_src_aws_service pkt_dst_aws_service flow_direction traffic_path "
    # version 7
    "ecs_cluster_arn ecs_cluster_name ecs_container_instance_arn ecs_container_instance_id ecs_container_id "
    "ecs_second_container_id ecs_service_name ecs_task_definition_arn ecs_task_arn ecs_task_id "
    # version 8, 9, 10
    "reject_reason resource_id encryption_status "
    # version 11
    "instance_tag instance_tag_2 interface_tag interface_tag_2 asg_tag asg_tag_2 interface_type "
    "next_hop_interface_id next_hop_subnet_id next_hop_az_id next_hop_vpc_id next_hop_interface_type"
)

FIELDS: dict[str, Type] = {
    name: Type.INT if name in _INTS else Type.BIGINT if name in _BIGINTS else Type.STRING
    for name in (*DEFAULT_FORMAT, *_LATER_FIELDS.split())
}
"""Every field and its type, in the order of the versions that brought it."""

PARTITIONS: dict[str, Type] = {
    "aws_account_id": Type.STRING,
    "aws_region": Type.STRING,
    "day": Type.STRING,
}
"""What the path of a file tells: `day` is yyyy/MM/dd, the UTC day of delivery."""

LOG_STATUSES = ("OK", "NODATA", "SKIPDATA")

NEEDED: dict[str, str] = {
    "interface_id": "a flow that both its ends logged cannot be told from two flows",
    "srcaddr": "nobody can say who sent",
    "dstaddr": "nobody can say who received",
    "srcport": "the server's side cannot be told",
    "dstport": "the server's side cannot be told",
    "protocol": "the protocol is not known",
    "packets": "packets cannot be counted",
    "bytes": "bytes cannot be counted",
    "start": "nobody can say when traffic was first seen",
    "end": "nobody can say when traffic was last seen",
    "action": "accepted traffic cannot be told from rejected",
    "log_status": "lost records (SKIPDATA) cannot be told from none",
}
"""The fields that the scan cannot do without, each with what cannot be answered without it."""

LOG_TABLE = "vpcflowlogstable"
"""The table that the scans read."""

OPTIONAL: tuple[str, ...] = ("pkt_src_aws_service", "pkt_dst_aws_service", "traffic_path")
"""The fields that the scan reads where the logs have them."""

SCANNED = (*NEEDED, *OPTIONAL)
"""All that the scan reads."""

_WHOLE_NUMBERS = {"tinyint", "smallint", "int", "integer", "bigint"}
_TEXTS = {"string", "varchar"}


def fits(found: str, wanted: Type) -> bool:
    """Whether the statements can use a column of a catalogue's type, e.g. `varchar(20)`."""
    name = found.lower().partition("(")[0]
    return name in (_TEXTS if wanted is Type.STRING else _WHOLE_NUMBERS)


def find_optional(columns: Mapping[str, str]) -> frozenset[str]:
    """Those of OPTIONAL that a table has, from its columns' names and types in a catalogue."""
    return frozenset(name for name in OPTIONAL if name in columns and fits(columns[name], FIELDS[name]))
