"""Signatures on a PDF: made, stamped, and read back."""
