"""The text of a file, for search: PDF, Word, OpenDocument, Excel, PowerPoint, plain text. Knows no slice.

A file may be hostile: sizes are checked before anything is unpacked, XML names no other file, and what goes in and
comes out is cut at a limit. `text_of_file` reads it in a process of its own besides.
"""

from govern.reading.limits import Unreadable
from govern.reading.texts import text_of, text_of_file

__all__ = ["Unreadable", "text_of", "text_of_file"]
