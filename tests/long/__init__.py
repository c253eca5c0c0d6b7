"""Tests that take minutes: run with `-m long`."""
