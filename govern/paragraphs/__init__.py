"""The record being written: what is moved, voted on and decided under each number, and its approval."""
