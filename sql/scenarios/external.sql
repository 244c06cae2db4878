-- Exactly one end is at home.
(in_blocks(srcaddr, :asked)) <> (in_blocks(dstaddr, :asked))
