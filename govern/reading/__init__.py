"""Extract the text of a file for search: PDF, Word, OpenDocument, Excel, PowerPoint, e-mail, plain text.

Imports no slice.

A file may be hostile: declared sizes are checked before anything is unpacked, external entities are not resolved, and
both input and output are limited. `text_of_file` also reads it in a separate process.
"""

from govern.reading.limits import Unreadable
from govern.reading.texts import text_of, text_of_file

__all__ = ["Unreadable", "text_of", "text_of_file"]
