"""Benchmarks: each measures against a baseline from the same run and prints the ratio, the only comparable figure."""
