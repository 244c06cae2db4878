"""The network of the story: VPC-A with its interfaces, and the blocks that reach it."""

import functools
import hashlib
import ipaddress
from dataclasses import dataclass

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
AZ_ID = "use1-az1"

VPC_A = ipaddress.ip_network("10.0.0.0/16")
VPC_A_IPV6 = ipaddress.ip_network("2001:db8:a::/56")
VPC_B = ipaddress.ip_network("10.1.0.0/16")
PRIVATE = ipaddress.ip_network("10.0.0.0/8")

# AWS's traffic-path numbers for outgoing records.
PATH_SAME_VPC, PATH_VIRTUAL_PRIVATE_GATEWAY, PATH_PEERING = 1, 3, 4
PATH_GATEWAY_ENDPOINT, PATH_INTERNET_GATEWAY = 7, 8

AWS_SERVICES = {"198.51.100.80": "S3"}


def build_hex(text: str, digits: int) -> str:
    """Build the stable `digits` hexadecimal digits that identify `text`, as AWS's resource ids have them."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


@dataclass(frozen=True)
class Interface:
    """A network interface in VPC-A.

    `interval_s` is how long one record aggregates at most: 60 s on Nitro instances, 600 s on the others.
    """

    addresses: tuple[str, ...]
    interval_s: int = 600

    @functools.cached_property
    def interface_id(self) -> str:
        """The id as AWS writes it, `eni-` and 17 hexadecimal digits."""
        return "eni-0" + build_hex(f"interface {self.addresses[0]}", 16)

    @functools.cached_property
    def instance_id(self) -> str:
        """The id of the instance that the interface is attached to."""
        return "i-0" + build_hex(f"instance {self.addresses[0]}", 16)

    @functools.cached_property
    def subnet_id(self) -> str:
        """The id of the /24 that the interface lives in."""
        return "subnet-0" + build_hex(f"subnet {self.addresses[0].rpartition('.')[0]}", 16)


VPC_ID = "vpc-0" + build_hex("vpc-a", 16)

# The two ends of the iperf aggregate differently on purpose: their records cannot be paired one to one,
# only their sums agree.
INTERFACES = (
    Interface(("10.0.0.151",), interval_s=60),
    Interface(("10.0.0.175",)),
    Interface(("10.0.1.20", "2001:db8:a::20"), interval_s=60),  # the public web server
    Interface(("10.0.0.10",)),  # the bastion
    Interface(("10.0.0.53",)),  # the VPC's own resolver; Amazon's is never logged
    Interface(("10.0.0.60",)),  # the cache
    Interface(("10.0.0.90",)),  # monitoring
    Interface(("10.0.2.11",)),  # application servers
    Interface(("10.0.2.12",)),
    Interface(("10.0.2.13",)),
    Interface(("10.0.3.9",)),  # a standby that nobody speaks to
)

INTERFACE_OF = {address: interface for interface in INTERFACES for address in interface.addresses}


@functools.lru_cache(maxsize=4096)
def choose_traffic_path(dstaddr: str) -> int:
    """Choose AWS's traffic-path number for a packet that leaves VPC-A towards `dstaddr`."""
    address = ipaddress.ip_address(dstaddr)
    if address in VPC_A or address in VPC_A_IPV6:
        return PATH_SAME_VPC
    if address in VPC_B:
        return PATH_PEERING
    if dstaddr in AWS_SERVICES:
        return PATH_GATEWAY_ENDPOINT
    return PATH_VIRTUAL_PRIVATE_GATEWAY if address in PRIVATE else PATH_INTERNET_GATEWAY
