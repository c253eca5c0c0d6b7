"""Check that the code keeps to the plan: what imports what, who changes and commits, and what names what.

Each module of this package checks one thing, and says in its first lines what. `tests/test_flow.py` runs them on the
code, and on the code with a fault planted.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import govern
from tests.flow import calls, imports, names, papers, templates, words

PACKAGE = Path(govern.__file__).parent
ROOT = Path(__file__).parents[2]


def problems(texts: Mapping[str, str]) -> list[str]:
    """Return every problem of the modules, given by name."""
    return [
        *imports.House(texts).problems(),
        *calls.problems(texts),
        *names.problems(texts),
        *words.problems(texts),
        *papers.problems(texts, (ROOT / "tests" / "documents" / "types.py").read_text()),
    ]


def problems_of_templates(pages: Mapping[str, str]) -> list[str]:
    """Return every problem of the templates, given by name."""
    return templates.problems(pages)


def sources() -> dict[str, str]:
    """Return the source of every module, by its dotted name."""
    return {_dotted(path): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}


def _dotted(path: Path) -> str:
    parts = ("govern", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def pages() -> dict[str, str]:
    """Return the source of every template, by its path from the project."""
    paths = sorted((ROOT / "templates").rglob("*.html"))
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}
