"""The handbook is a page, every page links to it, and each part of the program has a chapter."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import expect

from govern.archive.handbook.queries import HELP, handbook
from tests.browse import Browser
from tests.cast import Cast
from tests.screen import Screen

Browse = Callable[..., Browser]


def test_every_page_leads_to_its_chapter(cast: Cast, browse: Browse) -> None:
    """Also where nobody is signed in, and the verification page and the shortcuts are linked beside it."""
    cilla = browse("cilla")
    for address, chapter in (
        (f"/forum/{cast.forum.slug}/nytt-mote", "#kalla"),
        ("/sok", "#hitta-alla"),
        ("/anslagstavla", "#ansla-sekreterare"),
        ("/", ""),
    ):
        foot = cilla.get(address).links
        assert foot["Hjälp om sidan"] == f"/handbok{chapter}", address
        assert (foot["Kortkommandon"], foot["Kontrollera ett dokument"]) == ("/handbok#kortkommandon", "/verifiera")
    assert browse().get("/logga-in").links["Hjälp om sidan"] == "/handbok#konton-administratorer"


def test_every_part_has_a_chapter(app: Flask) -> None:
    """A new blueprint says which chapter explains it, and a chapter that is renamed is noticed."""
    page = Browser(app).get("/handbok")
    ids = {node.attributes["id"] for node in page.all(".handbook [id]")}
    assert set(HELP) <= ids
    explained = {blueprint for blueprints in HELP.values() for blueprint in blueprints}
    without = {"archive", "handbook"}  # The start page and the forums; the handbook itself.
    assert set(app.blueprints) == explained | without
    assert [heading for _, heading in handbook().chapters] == page.texts(".handbook h2")[:-1]


def test_the_shortcuts_are_listed(screen: Callable[..., Screen]) -> None:
    """The table is the one that keys are handled by."""
    page = screen().page
    page.goto("/handbok")
    expect(page.locator("[data-keys] dl").first).to_contain_text("Öppna nästa ärende")
    assert page.locator("[data-keys] kbd").count() > 40
