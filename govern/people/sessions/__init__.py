"""Sessions, and the browsers that have been signed in before."""
