"""Signatures on a PDF: creating, time-stamping and verifying them."""
