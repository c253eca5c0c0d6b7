"""The measures of the page, in points, for the writer and for planning a text without laying it out."""

from __future__ import annotations

MM = 72 / 25.4
A4 = 210 * MM, 297 * MM

LEFT, RIGHT, TOP, BOTTOM = 22 * MM, 25 * MM, 27 * MM, 29 * MM
HANG = 27 * MM
"""The width of the margin column for numbers and short headings."""

WIDTH = A4[0] - LEFT - RIGHT
TEXT = WIDTH - HANG
HEIGHT = A4[1] - TOP - BOTTOM
LANDSCAPE_WIDTH = A4[1] - LEFT - RIGHT
LANDSCAPE_HEIGHT = A4[0] - TOP - BOTTOM
"""The text area of a landscape page, which holds nothing but a table."""
