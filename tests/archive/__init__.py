"""Tests of the archive: searching, watching, exporting and importing."""
