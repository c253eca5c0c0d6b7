"""The papers: the layout of each kind of document, from its facts."""
