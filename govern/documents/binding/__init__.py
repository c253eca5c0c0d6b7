"""Convert papers of any kind to PDF, and bind them together."""
