"""The demo's attachments, made from their texts: small PDFs printed by Govern, and plain text files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govern.demo.script import Paper
from govern.demo.wording import fill, to_html
from govern.documents.content import Body, Document, Title
from govern.documents.pdf.writer import write_pdf
from govern.documents.style import HouseStyle
from govern.markup import from_html
from govern.richtext import text_of


def write(paper: Paper, author: str, date: str, words: Mapping[str, Any]) -> bytes:
    """Return the content of the paper's file."""
    blocks = from_html(to_html(fill(paper.text, words)))
    if paper.file.endswith(".txt"):
        return f"{paper.title}\n\n{text_of(blocks)}\n".encode()
    document = Document(
        title=paper.title,
        author=author,
        running=f"{author} · {paper.title}",
        strip=(),
        elements=(Title(paper.title, (author,), "Underlag", date), Body(blocks)),
        accent=HouseStyle().accent,
    )
    return write_pdf(document, signature_fields=False).pdf
