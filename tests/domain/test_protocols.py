"""A protocol's number and name must lead to each other, or a filter keeps something else than it says."""

import pytest

from bot.domain.protocols import PROTOCOLS, name_of

ANCHORS = {
    0: "HOPOPT",
    1: "ICMP",
    6: "TCP",
    17: "UDP",
    27: "RDP",
    33: "DCCP",
    41: "IPv6",
    47: "GRE",
    50: "ESP",
    51: "AH",
    58: "IPv6-ICMP",
    60: "IPv6-Opts",
    61: "protocol 61",
    62: "CFTP",
    67: "IPPC",
    69: "SAT-MON",
    88: "EIGRP",
    89: "OSPFIGP",
    94: "IPIP",
    98: "ENCAP",
    99: "protocol 99",
    103: "PIM",
    112: "VRRP",
    115: "L2TP",
    124: "ISIS-over-IPv4",
    132: "SCTP",
    135: "Mobility-Header",
    143: "Ethernet",
    147: "BIT-EMU",
    148: "protocol 148",
    253: "protocol 253",
    255: "protocol 255",
}


@pytest.mark.parametrize(("number", "name"), ANCHORS.items())
def test_name_of(number: int, name: str) -> None:
    """The list is positional: one keyword too many or too few would show at the next anchor."""
    assert name_of(number) == name


def test_every_name_leads_back_to_its_number() -> None:
    """The name that an answer shows can be typed as a filter, and keeps the same protocol."""
    for number in range(148):
        if not name_of(number).startswith("protocol "):
            assert PROTOCOLS[name_of(number).lower()] == number


def test_names_have_no_space_and_no_comma() -> None:
    """A space would end the value and a comma the name."""
    assert len(PROTOCOLS) > 140
    assert all(name == name.strip() and not set(name) & set(" ,=") for name in PROTOCOLS)
