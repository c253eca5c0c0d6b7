"""Search, reading pages for decisions and cases, and import of protocol records."""
