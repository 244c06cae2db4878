-- Both ends are at home.
in_blocks(srcaddr, :asked) AND in_blocks(dstaddr, :asked)
