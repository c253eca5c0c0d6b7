"""The search's Swedish dictionary, compiled once on this machine: it takes five seconds of every process otherwise."""

import os
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from govern.search import lemmas
from govern.search.terms import SWEDISH


@cache
def compiled() -> Path:
    """Give the folder with the compiled dictionary, for those of this version of the code that compiles it."""
    code = sha256(Path(lemmas.__file__).read_bytes()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"govern-dictionary-{os.getuid()}-{code}"
    dictionary = lemmas.Lemmas(folder)
    dictionary.get("ord")  # The first question compiles it, unless somebody has.
    return folder


def keep() -> None:
    """Let this process use it."""
    SWEDISH.keep(compiled())


def lay(folder: Path) -> None:
    """Lay it in an application's data folder, for the processes that a test starts on it."""
    index = folder / "index"
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    (index / "lemmas.bin").hardlink_to(compiled() / "lemmas.bin")
