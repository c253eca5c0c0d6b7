"""An application that responds as in production: an error is a page with a number, not an exception in the test."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _answers(app: Flask) -> None:
    """Return errors as responses."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
