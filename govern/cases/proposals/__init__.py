"""Proposals, the officers' papers (tjänsteskrivelser): writing, marking ready, and printing them."""
