"""Tests that take minutes: run with `--long`, as `make test-long` does."""
