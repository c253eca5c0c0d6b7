"""Stored e-mail: its text for search, and the pages that it is bound as."""

from __future__ import annotations

from pathlib import Path

import pytest

from govern.documents.binding.convert import Unconvertible, to_bind
from govern.media import MEDIA
from govern.reading import Unreadable, text_of
from govern.reading.pdf import pages
from tests.reading.files import eml, msg

ABOVE = "Till: registrator@granby.example\nSkickat: 2027-01-15 09.30\nÄmne: Växeln\nBifogat: kalkyl å.pdf"


def test_a_message_is_read_with_its_headers() -> None:
    expected = f"Från: Åsa Ö <asa@bjorkby.example>\n{ABOVE}\nHej!\nÅsa"
    assert text_of(eml("Hej!\n\nÅsa"), MEDIA["eml"]) == [expected]
    html = "<html><head><style>p{}</style></head><body><p>Hej!</p><div>&Aring;sa</div></body></html>"
    assert text_of(eml(html, html=True), MEDIA["eml"]) == [expected]
    assert text_of(msg("Hej!\r\nÅsa"), MEDIA["msg"]) == [
        expected.replace("registrator@granby.example", "Registrator"),
    ]


def test_a_message_in_another_encoding() -> None:
    data = "From: a@b.se\nSubject: =?iso-8859-1?q?V=E4xel?=\nContent-Type: text/plain; charset=x\n\nRäksmörgås"
    assert text_of(data.encode("cp1252"), MEDIA["eml"]) == ["Från: a@b.se\nÄmne: Växel\nRäksmörgås"]


@pytest.mark.parametrize("data", [b"", msg()[:600], msg()[:2000], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000])
def test_a_broken_message_is_no_bug(data: bytes) -> None:
    try:
        text_of(data, MEDIA["msg"])
    except Unreadable:
        return


@pytest.mark.parametrize(("ending", "data"), [("eml", eml()), ("msg", msg())])
def test_a_message_is_bound_as_pages(ending: str, data: bytes, tmp_path: Path) -> None:
    source, target = tmp_path / "brev", tmp_path / "brev.pdf"
    source.write_bytes(data)
    to_bind(source, MEDIA[ending], "Brev om växeln", target)
    text = " ".join(" ".join(pages(target.read_bytes())).split())
    for words in (
        "Brev om växeln",
        "Från: Åsa Ö <asa@bjorkby.example>",
        "Ämne: Växeln",
        "Bifogat: kalkyl å.pdf",
        "Hej!",
    ):
        assert words in text


def test_a_broken_message_is_told(tmp_path: Path) -> None:
    source = tmp_path / "brev"
    source.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000)
    with pytest.raises(Unconvertible):
        to_bind(source, MEDIA["msg"], "Brev", tmp_path / "brev.pdf")
