"""Files made to hang or exhaust a reader are read as far as is reasonable or refused, within a bound."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from govern.reading import Unreadable, text_of_file, texts
from tests.hostile import HOSTILE
from tests.tiers import quick_params

LONGEST = 45
"""Seconds on a busy machine; without limits most of the files take minutes, or all memory."""


BY_NAME = {one.name: one for one in HOSTILE}
QUICK = ("deep XML", "long number", "many lines", "bomb", "huge stream")
"""The quickest of each kind of file and of each limit."""


@pytest.mark.parametrize("name", quick_params(BY_NAME, QUICK))
def test_reading_is_bounded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = BY_NAME[name]
    monkeypatch.setattr(texts, "SECONDS", LONGEST if hostile.words is not None else 5)
    path = tmp_path / "file"
    path.write_bytes(hostile.make())
    began = time.monotonic()
    if hostile.words is None:
        with pytest.raises(Unreadable):
            text_of_file(path, hostile.media_type)
    else:
        assert "".join(text_of_file(path, hostile.media_type)).strip() == hostile.words
    assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize("media_type", ["image/png", "application/octet-stream"])
def test_what_is_no_text_starts_nothing(media_type: str, tmp_path: Path) -> None:
    assert text_of_file(tmp_path / "none", media_type) == []
