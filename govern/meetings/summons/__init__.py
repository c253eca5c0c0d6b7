"""The summons (kallelse): its facts, its papers, and packing these into one file."""
