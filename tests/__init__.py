"""Govern's tests: rules as tables, operations on both databases, pages through `browse`, journeys in a real browser."""
