"""Numbers and words as Swedish prose writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from govern.swedish import paragraph_range

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("first", "last", "words"), [(5, 5, "§ 5"), (5, 6, "§§ 5–6"), (None, None, ""), (5, None, "")])
def test_a_range_of_paragraphs(first: int | None, last: int | None, words: str) -> None:
    assert paragraph_range(first, last) == words


def written() -> Iterator[tuple[str, int, str]]:
    """Yield the lines of the code and the templates, but of the function itself."""
    for path in [*(ROOT / "govern").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]:
        if path.name != "swedish.py":
            for number, line in enumerate(path.read_text().splitlines(), 1):
                yield str(path.relative_to(ROOT)), number, line


def test_no_range_is_written_by_hand() -> None:
    """`§§ 5–5` comes from such a place."""
    assert not [(name, number) for name, number, line in written() if re.search(r"§§ (\{|%s)", line)]
