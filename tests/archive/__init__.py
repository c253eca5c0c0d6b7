"""Tests of the archive: search, access to results, and import."""
