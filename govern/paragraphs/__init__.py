"""Paragraphs: the motions, ballots and decisions recorded under each number, and their approval."""
