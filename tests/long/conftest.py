"""What takes minutes is collected only where it is asked for: `pytest -m long tests/long`."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the folder out of an ordinary run."""
    return None if "long" in str(config.option.markexpr) else True
