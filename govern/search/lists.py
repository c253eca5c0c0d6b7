"""The word lists in `data/`, which are Govern's own and may be added to."""

from importlib import resources

from govern.search.tokens import fold


def words_of(name: str) -> list[str]:
    """Return the folded words of a list in `data/`, comments left out."""
    lines = (resources.files("govern.search") / "data" / name).read_text("utf-8").splitlines()
    return [fold(word) for line in lines if not line.startswith("#") for word in line.split()]
