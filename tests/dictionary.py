"""The Swedish search dictionary, compiled once on this machine: otherwise it takes five seconds in every process."""

import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from govern.search import lemmas
from govern.search.terms import SWEDISH

_CODE = sha256(Path(lemmas.__file__).read_bytes()).hexdigest()[:16]
FOLDER = Path(tempfile.gettempdir()) / f"govern-dictionary-{os.getuid()}-{_CODE}"
"""The folder of the dictionary, specific to this version of the code that compiles it."""


def compiled() -> Path:
    """Return the path of the compiled dictionary; the first caller compiles it."""
    lemmas.Lemmas(FOLDER).get("ord")
    return FOLDER / "lemmas.bin"


def keep() -> None:
    """Use the dictionary in this process."""
    SWEDISH.keep(FOLDER)


def install(index: Path) -> None:
    """Copy the dictionary to the folder of an index, for the processes that a test starts on it."""
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy(compiled(), index / "lemmas.bin")
