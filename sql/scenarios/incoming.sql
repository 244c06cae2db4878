-- Sent from there, and to home where a home network is named.
in_blocks(srcaddr, :asked) AND in_blocks(dstaddr, :home)
