"""Bodies that meet: who sits there, under which rules, in which series of numbers."""
