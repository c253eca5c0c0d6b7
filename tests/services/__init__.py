"""Services of others, played on loopback: a time-stamp authority, and two remote signing services."""
