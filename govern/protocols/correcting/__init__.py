"""Refusals and corrections, which leave the sealed protocol itself unchanged."""
