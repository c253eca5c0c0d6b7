"""What the journeys through the meeting's page share: opening it, writing in it, reading what the database holds."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import select

from govern.db import db
from govern.paragraphs.models import Paragraph, Section


def open_paragraph(page: Page, paragraph_id: int) -> None:
    """Open a § and put the cursor last in its text."""
    page.goto(f"/paragrafer/{paragraph_id}")
    expect(page.locator(".draft-state")).to_contain_text("sparat")
    page.keyboard.press("Alt+t")
    page.keyboard.press("Control+End")


def all_saved(page: Page, seconds: float = 40) -> None:
    """Wait until the page says that everything is saved."""
    page.keyboard.press("Control+s")
    expect(page.locator(".draft-state")).to_have_attribute("data-mode", "saved", timeout=seconds * 1000)


def text_of(paragraph_id: int) -> str:
    """Read a paragraph's text from the database, a line a block."""
    db.session.rollback()
    bodies = db.session.scalars(
        select(Section.body).where(Section.paragraph_id == paragraph_id).order_by(Section.position)
    ).all()
    db.session.rollback()  # Or this test would hold SQLite's lock while the page waits to write.
    blocks = [block for body in bodies for block in body]
    return "\n".join("".join(run["text"] for run in block["runs"]) for block in blocks)


def paragraphs() -> list[Paragraph]:
    """Read every paragraph afresh, with its decisions and duties."""
    db.session.rollback()
    return list(db.session.scalars(select(Paragraph).order_by(Paragraph.number)))
