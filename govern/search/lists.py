"""The word lists in `data/`, which Govern maintains and which may be extended."""

from importlib import resources

from govern.search.tokens import fold


def words_of(name: str) -> list[str]:
    """Return the folded words of a list in `data/`, without comments."""
    lines = (resources.files("govern.search") / "data" / name).read_text("utf-8").splitlines()
    return [fold(word) for line in lines if not line.startswith("#") for word in line.split()]
