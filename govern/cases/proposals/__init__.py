"""Officers' papers (tjänsteskrivelser): written, marked ready, and printed."""
