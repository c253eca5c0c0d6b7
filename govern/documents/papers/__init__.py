"""The papers: which facts stand where in each kind of document."""
