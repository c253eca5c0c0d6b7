"""An application that answers as it would to anyone: a fault is a page with a number, not an exception in the test."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _answers(app: Flask) -> None:
    """Let faults be answered."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
