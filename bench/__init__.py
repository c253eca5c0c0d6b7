"""Benchmarks: each measures against a floor from the same run and prints the ratio, since only ratios hold."""
