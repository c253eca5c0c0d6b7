"""From a closed meeting to a sealed, signed protocol."""
