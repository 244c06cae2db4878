"""What the published Lambda does with a block: the list of its hosts in memory, and then one text of it."""

import csv
import io
import ipaddress


def expand_as_published(block: str) -> bytes:
    """The block's hosts as `cidr,ip` lines."""
    rows = [[block, str(address)] for address in ipaddress.ip_network(block).hosts()]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
