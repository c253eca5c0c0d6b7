"""Private parts of libraries that Govern uses: only known modules use them, and the installed versions have them."""

from __future__ import annotations

import ast
from importlib.metadata import version
from io import BytesIO

import docx
import pytest
from docx.oxml.numbering import CT_Numbering
from docx.shape import InlineShape
from pyhanko.stamp import TextStamp
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from waitress.wasyncore import dispatcher
from whoosh.codec.whoosh3 import W3LeafMatcher, W3PerDocReader, W3TermInfo

from govern import beside

LIBRARIES = ("docx", "pyhanko", "reportlab", "waitress", "whoosh")
USED_BY = {
    "documents/pdf/private.py": "reportlab",
    "documents/word/elements.py": "python-docx",
    "documents/signatures/stamp.py": "pyHanko",
    "search/embedded/postings.py": "Whoosh",
    "search/embedded/writing.py": "Whoosh",
    "serve.py": "waitress",
}
"""The modules that may use private parts, and the library whose parts they use."""


def uses() -> set[str]:
    """Return the modules that use private attributes of something they import."""
    found = set()
    for path in sorted((beside("govern")).rglob("*.py")):
        tree = ast.parse(path.read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        stored = {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
        reached = {node.attr for node in attributes if node.attr.startswith("_") and not node.attr.startswith("__")}
        name = str(path.relative_to(beside("govern")))
        of_library = any(module.partition(".")[0] in LIBRARIES for module in imported) or name in USED_BY
        if of_library and reached - own - stored:
            found.add(name)
    return found


def test_only_these_modules_reach_for_them() -> None:
    """A module that needs another private part uses a function in one of these."""
    assert uses() - {"protocols/signing/makers/csc.py"} == set(USED_BY)  # csc sets its own.


READ = ("_read_ids", "_read_weights", "_read_values", "_next_block")
PARTS = [
    ("python-docx", docx.Document().add_paragraph(), "_element"),
    ("python-docx", docx.Document().add_paragraph().add_run("a"), "_element"),
    ("python-docx", docx.Document().sections[0].header, "_element"),
    ("python-docx", docx.Document().sections[0], "_sectPr"),
    ("python-docx", docx.Document(), "_body"),
    ("python-docx", InlineShape(docx.Document().element), "_inline"),
    ("python-docx", CT_Numbering, "_insert_num"),
    ("reportlab", PDFTextObject(Canvas(BytesIO())), "_code"),
    ("reportlab", Canvas(BytesIO()), "_pagesize"),
    ("reportlab", Canvas(BytesIO()), "_startPage"),
    ("pyHanko", TextStamp, "_ensure_writer"),
    ("waitress", dispatcher(map={}), "_map"),
    ("Whoosh", W3TermInfo, "_struct"),
    *(("Whoosh", W3LeafMatcher, name) for name in READ),
    ("Whoosh", W3PerDocReader, "_cached_reader"),
]


@pytest.mark.parametrize(("library", "holder", "part"), PARTS, ids=[f"{library} {part}" for library, _, part in PARTS])
def test_the_installed_version_has_them(library: str, holder: object, part: str) -> None:
    users = [name for name, of in USED_BY.items() if of == library]
    assert hasattr(holder, part), f"{library} {version(library)} has no {part} any more; see govern/{users[0]}"
