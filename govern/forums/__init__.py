"""Forums: the bodies that meet, their seats, regimes and series of paragraph numbers."""
