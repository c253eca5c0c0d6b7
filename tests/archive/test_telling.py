"""A letter of news lists twenty paragraphs with their URLs, and says how many more there are."""

from __future__ import annotations

import pytest

from govern.archive.watching import mailing
from tests import make
from tests.cast import Cast


@pytest.mark.parametrize(
    ("count", "subject", "listed", "more"),
    [
        (1, "1 ny paragraf", 1, ""),
        (2, "2 nya paragrafer", 2, ""),
        (20, "20 nya paragrafer", 20, ""),
        (21, "21 nya paragrafer", 20, "… och 1 till."),
        (57, "57 nya paragrafer", 20, "… och 37 till."),
    ],
)
def test_a_letter_of_news_is_short(cast: Cast, count: int, subject: str, listed: int, more: str) -> None:
    saved = make.saved_search(cast.anna, "växel")
    meeting, series = make.meeting(cast.forum), make.series(cast.forum)
    news = [make.paragraph(meeting, series, f"Växel {number}", cast.anna) for number in range(count)]
    make.commit()
    about, text, stop = mailing._letter(saved, news)
    assert about == f"Växel: {subject}"
    assert text.count("Styrgruppen, 22 april 2024") == listed
    assert ("… och" in text) is bool(more)
    assert more in text
    assert f"Vill du inte ha de här breven? {stop}" in text
    assert len(text) < 6000
