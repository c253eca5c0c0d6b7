"""The test applications: copies of one application, isolated from each other."""

from pathlib import Path

import pytest
from sqlalchemy import text

from govern.archive.searching import engines
from govern.db import db
from tests.apps import open_app


def test_a_copy_has_what_a_test_may_change_to_itself(tmp_path: Path) -> None:
    """A copy has its own settings, data folder, database and search engine, even while two copies are open."""
    with open_app(tmp_path / "one") as one:
        db.session.execute(text("CREATE TABLE mine (id INTEGER)"))
        db.session.commit()
        one.config["PROPAGATE_EXCEPTIONS"] = False
        one.extensions["mine"] = True
        with open_app(tmp_path / "other") as other:
            assert other.config["PROPAGATE_EXCEPTIONS"] is True
            assert "mine" not in other.extensions
            assert db.session.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'mine'")).scalar() == 0
            assert other.config["GOVERN"].data_dir == tmp_path / "other"
            assert engines.engine() is other.extensions["search"]
            assert "search" not in one.extensions
            assert other.url_map is one.url_map
        assert db.session.execute(text("SELECT count(*) FROM mine")).scalar() == 0


def test_nothing_is_added_to_a_copy(tmp_path: Path) -> None:
    """Copies share routes and hooks, so adding one to a copy is an error; `own=True` makes a separate application."""
    with open_app(tmp_path / "copy") as copy, open_app(tmp_path / "own", own=True) as own:
        with pytest.raises(AssertionError, match="add_url_rule"):
            copy.add_url_rule("/prov", "trial", lambda: "")
        with pytest.raises(AssertionError, match="before_request"):
            copy.before_request(lambda: None)
        own.add_url_rule("/prov", "trial", lambda: "")
        assert "trial" not in copy.view_functions


def test_a_copy_made_with_other_settings_follows_them(tmp_path: Path) -> None:
    """Values derived from the settings when an application is created are derived from the copy's settings."""
    with open_app(tmp_path / "secure", base_url="https://govern.example") as app:
        assert app.config["SESSION_COOKIE_SECURE"] is True
    with open_app(tmp_path / "usual") as app:
        assert app.config["SESSION_COOKIE_SECURE"] is False
