"""The search's Swedish dictionary, compiled once on this machine: it takes five seconds of every process otherwise."""

import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from govern.search import lemmas
from govern.search.terms import SWEDISH

_CODE = sha256(Path(lemmas.__file__).read_bytes()).hexdigest()[:16]
FOLDER = Path(tempfile.gettempdir()) / f"govern-dictionary-{os.getuid()}-{_CODE}"
"""Where it lies, for those of this version of the code that compiles it."""


def compiled() -> Path:
    """Return the compiled dictionary, which the first one who asks compiles."""
    lemmas.Lemmas(FOLDER).get("ord")
    return FOLDER / "lemmas.bin"


def keep() -> None:
    """Let this process use it."""
    SWEDISH.keep(FOLDER)


def lay(index: Path) -> None:
    """Lay it in the folder of an index, for the processes that a test starts on it."""
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy(compiled(), index / "lemmas.bin")
