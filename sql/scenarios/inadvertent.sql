-- One end is the other network, and the other one is at home where a home network is named.
(in_blocks(srcaddr, :asked) AND in_blocks(dstaddr, :home)) OR (in_blocks(srcaddr, :home) AND in_blocks(dstaddr, :asked))
