"""Search over every paragraph that its reader may see."""
