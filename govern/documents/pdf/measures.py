"""The page's measures in points, known to those who plan a text without printing it."""

from __future__ import annotations

MM = 72 / 25.4
A4 = 210 * MM, 297 * MM

LEFT, RIGHT, TOP, BOTTOM = 22 * MM, 25 * MM, 27 * MM, 29 * MM
HANG = 27 * MM
"""The margin column in which numbers and short headings hang."""

WIDTH = A4[0] - LEFT - RIGHT
TEXT = WIDTH - HANG
HEIGHT = A4[1] - TOP - BOTTOM
TURNED_WIDTH = A4[1] - LEFT - RIGHT
TURNED_HEIGHT = A4[0] - TOP - BOTTOM
"""The room for text on a page that is turned, where a table has it all."""
