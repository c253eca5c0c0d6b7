"""An application that behaves as in production: a fault is a page with a number, not an exception in the test."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _answers(app: Flask) -> None:
    """Answer faults with an error page."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
