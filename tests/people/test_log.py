"""The log's page: for administrators, filtered, paged, with the chain's proof."""

from collections.abc import Callable

from sqlalchemy import text

from govern import audit
from govern.db import db
from tests import make
from tests.browse import Browser
from tests.cast import Cast


def test_the_log_shows_and_narrows(browse: Callable[..., Browser], cast: Cast) -> None:
    """By person and deed; the chain holds."""
    audit.write("example.deed", cast.forum, by=cast.bo, at=make.AT, why="to see")
    make.commit()
    page = browse("ada").get("/installningar/logg?vad=example.deed&vem=bo")
    assert "Kedjan håller" in page.text("main")
    assert len(page.all("tbody tr")) == 1
    assert "why: to see" in page.text("tbody")


def test_a_broken_chain_is_told(browse: Callable[..., Browser], cast: Cast) -> None:
    """In a sentence with the entry's number."""
    make.commit()
    db.session.execute(text("DROP TRIGGER audit_no_update"))
    db.session.execute(text("UPDATE audit SET actor = 'Eva' WHERE id = 2"))
    db.session.commit()
    assert "Rad 2 har ändrats." in browse("ada").get("/installningar/logg").text("main")


def test_the_log_is_closed(browse: Callable[..., Browser]) -> None:
    """To those who do not administer."""
    browse("cilla").get("/installningar/logg", status=403)
