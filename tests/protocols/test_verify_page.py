"""The public verification page explains in plain words what it checks and what happens to the file."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from govern.protocols.queries import latest_file
from tests.cast import Cast
from tests.protocols.sealed import sealed
from tests.screen import SIZES, Screen, accessible, fits


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_anyone_checks_a_file(screen: Callable[..., Screen], cast: Cast, size: tuple[int, int]) -> None:
    """Word files are accepted too; a file from elsewhere is not called forged, only not to be relied on."""
    protocol = sealed(cast)
    kept, word = bytes(latest_file(protocol).pdf), bytes(protocol.docx)
    public = screen(size=size)
    page = public.page

    def check(name: str, media: str, data: bytes) -> str:
        page.goto("/verifiera")
        page.get_by_label("Fil").set_input_files({"name": name, "mimeType": media, "buffer": data})
        page.get_by_role("button", name="Kontrollera filen").click()
        page.locator(".verdict").get_by_text("SHA-256").wait_for()
        accessible(page)
        fits(page)
        if folder := os.environ.get("GOVERN_PICTURES"):
            page.screenshot(path=f"{folder}/verify-{name}-{size[0]}.png", full_page=True)
        return page.locator(".verdict").inner_text()

    assert "ingen har ändrat något i den" in check("protokoll.pdf", "application/pdf", kept)
    assert "Underskrifterna finns i protokollets PDF." in check("protokoll.docx", "application/octet-stream", word)
    told = check("annat.pdf", "application/pdf", b"%PDF-1.7 hej")
    assert "Lita inte på den som originalet." in told
    text = page.locator("main").inner_text()
    for words in ("Vad du får veta", "Vad svaret betyder", "Vad som händer med filen", "tas bort efter en timme"):
        assert words in text
    for jargon in ("Verifier", "förseglat", "posten"):
        assert jargon not in text, jargon
