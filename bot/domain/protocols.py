"""Protocol and port numbers by their names.

Protocols: IANA, "Assigned Internet Protocol Numbers"; where a keyword there has a space, a dash stands here.
"""

from __future__ import annotations

_KEYWORDS = (
    "HOPOPT ICMP IGMP GGP IPv4 ST TCP CBT EGP IGP BBN-RCC-MON NVP-II PUP ARGUS EMCON XNET CHAOS UDP MUX "
    "DCN-MEAS HMP PRM XNS-IDP TRUNK-1 TRUNK-2 LEAF-1 LEAF-2 RDP IRTP ISO-TP4 NETBLT MFE-NSP MERIT-INP DCCP "
    "3PC IDPR XTP DDP IDPR-CMTP TP++ IL IPv6 SDRP IPv6-Route IPv6-Frag IDRP RSVP GRE DSR BNA ESP AH I-NLSP "
    "SWIPE NARP Min-IPv4 TLSP SKIP IPv6-ICMP IPv6-NoNxt IPv6-Opts - CFTP - SAT-EXPAK KRYPTOLAN RVD IPPC - "
    "SAT-MON VISA IPCV CPNX CPHB WSN PVP BR-SAT-MON SUN-ND WB-MON WB-EXPAK ISO-IP VMTP SECURE-VMTP VINES "
    "IPTM NSFNET-IGP DGP TCF EIGRP OSPFIGP Sprite-RPC LARP MTP AX.25 IPIP MICP SCC-SP ETHERIP ENCAP - GMTP "
    "IFMP PNNI PIM ARIS SCPS QNX A/N IPComp SNP Compaq-Peer IPX-in-IP VRRP PGM - L2TP DDX IATP STP SRP UTI "
    "SMP SM PTP ISIS-over-IPv4 FIRE CRTP CRUDP SSCOPMCE IPLT SPS PIPE SCTP FC RSVP-E2E-IGNORE "
    "Mobility-Header UDPLite MPLS-in-IP manet HIP Shim6 WESP ROHC Ethernet AGGFRAG NSH Homa BIT-EMU"
).split()

_NAMES = {number: keyword for number, keyword in enumerate(_KEYWORDS) if keyword != "-"}

_COMMON = {"icmp6": 58, "icmpv6": 58, "ospf": 89, "isis": 124}

PROTOCOLS: dict[str, int] = {keyword.lower(): number for number, keyword in _NAMES.items()} | _COMMON
"""IANA's number by its keyword in lower case, and by a few names that people use instead."""

PORTS: dict[str, int] = {
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "dns": 53,
    "http": 80,
    "ntp": 123,
    "snmp": 161,
    "ldap": 389,
    "https": 443,
    "smb": 445,
    "syslog": 514,
    "ldaps": 636,
    "mssql": 1433,
    "nfs": 2049,
    "mysql": 3306,
    "rdp": 3389,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "mongodb": 27017,
}
"""The port of a service by the name that people call it."""


def name_of(number: int) -> str:
    """IANA's keyword of a protocol number, e.g. `TCP`; `protocol 253` where none is assigned."""
    return _NAMES.get(number, f"protocol {number}")
