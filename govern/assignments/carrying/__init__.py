"""Carrying unfinished business from earlier meetings to a later agenda."""
