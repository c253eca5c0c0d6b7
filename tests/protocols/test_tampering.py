"""Each way of tampering with a signed protocol is reported in a sentence of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from govern.db import db, now
from govern.protocols.models import Protocol
from govern.protocols.queries import latest_file
from govern.protocols.verifying.judging import Verdict, verify
from tests.apps import copy_sqlite, open_app
from tests.protocols import tampering
from tests.protocols.signed import SIGNERS, seal, sign


@dataclass
class Two:
    """Two protocols signed by the same four people, and the folder of their database."""

    folder: Path
    one: int
    other: int
    pdf: bytes
    other_pdf: bytes


@pytest.fixture(scope="module")
def two(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Two:
    """Sign two protocols once for the module."""
    folder = tmp_path_factory.mktemp("signed")
    copy_sqlite(sqlite_template, folder)
    with open_app(folder):
        at = now() - timedelta(hours=1)
        protocols = [sign(seal(at, day), at) for day in (22, 23)]
        files = [latest_file(protocol).pdf for protocol in protocols]
        ids = [protocol.id for protocol in protocols]
    return Two(folder, ids[0], ids[1], files[0], files[1])


@pytest.fixture
def kept(two: Two, tmp_path: Path) -> Iterator[Flask]:
    """Open a copy of the database to tamper with."""
    copy_sqlite(two.folder, tmp_path / "copy")
    with open_app(tmp_path / "copy") as app:
        yield app


@pytest.mark.usefixtures("kept")
def test_what_nobody_touched_is_genuine(two: Two) -> None:
    """All four signatures hold, and the signers are named in order."""
    verdict = verify(two.pdf, at=now())
    assert verdict.genuine, verdict.sentences
    told = [sentence for sentence in verdict.sentences if sentence.startswith("Underskriften av")]
    assert [name for sentence in told for name in SIGNERS if name in sentence] == list(SIGNERS)
    assert all("gäller" in sentence for sentence in told)


FILES: list[tuple[str, Callable[[Two], bytes], str]] = [
    ("byte flipped", lambda two: tampering.flip(two.pdf), "1 byte i filen är en annan än när den sparades."),
    ("re-saved", lambda two: tampering.save_again(two.pdf), "Filen har sparats om av ett annat program"),
    ("page appended", lambda two: tampering.append_page(two.pdf), "En sida har lagts till."),
    ("page redrawn", lambda two: tampering.redraw_page(two.pdf), "Sida 3 har ritats om"),
    ("annotation added", lambda two: tampering.annotate(two.pdf), "En anteckning har lagts till på sida 1."),
    (
        "appearance replaced",
        lambda two: tampering.replace_appearance(two.pdf),
        "Det som visas som en underskrift på sida 2 har bytts ut",
    ),
    ("title changed", lambda two: tampering.change_title(two.pdf), "Dokumentets titel har ändrats."),
    ("cut to 1", lambda two: tampering.cut_after(two.pdf, 1), "Filen slutar efter underskrift 1 av 4"),
    ("cut to 2", lambda two: tampering.cut_after(two.pdf, 2), "Filen slutar efter underskrift 2 av 4"),
    ("cut to 3", lambda two: tampering.cut_after(two.pdf, 3), "Filen slutar efter underskrift 3 av 4"),
    (
        "signatures swapped",
        lambda two: tampering.swap(two.pdf, two.other_pdf),
        "Underskriften av Dag Ek har flyttats hit från protokollet från Styrgruppen 23",
    ),
]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("tamper", "sentence"), [way[1:] for way in FILES], ids=[way[0] for way in FILES])
def test_tampering_with_the_file(two: Two, tamper: Callable[[Two], bytes], sentence: str) -> None:
    """The submitted file differs from the stored one."""
    _told_alone(verify(tamper(two), at=now()), sentence)


def _told_alone(verdict: Verdict, sentence: str) -> None:
    """Check that this fault is reported and none of the other ways is."""
    assert not verdict.genuine
    assert any(said.startswith(sentence) for said in verdict.sentences), verdict.sentences
    others = [way[2] for way in FILES if way[2] != sentence]
    assert not [said for said in verdict.sentences if any(said.startswith(other) for other in others)]


@pytest.mark.usefixtures("kept")
def test_a_cut_file_names_who_is_gone(two: Two) -> None:
    """The signatures that were cut off are named, although the truncated file is valid by itself."""
    told = " ".join(verify(tampering.cut_after(two.pdf, 2), at=now()).sentences)
    assert "Bo Åkerblom (justerare), Dag Ek (justerare)" in told


def _unguard(*tables: str) -> None:
    for table in tables:
        db.session.execute(text(f"DROP TRIGGER {table}_no_update"))


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("also_the_hash", [False, True])
def test_a_record_changed_in_the_database(two: Two, also_the_hash: bool) -> None:
    """A change is reported even if a DBA has dropped the triggers first and also updates the hash."""
    record = db.session.get_one(Protocol, two.one).record.replace("Växel".encode(), "Växla".encode()) + b" "
    _unguard("protocols")
    db.session.execute(text("UPDATE protocols SET record = :r WHERE id = :i"), {"r": record, "i": two.one})
    if also_the_hash:
        values = {"h": hashlib.sha256(record).hexdigest(), "i": two.one}
        db.session.execute(text("UPDATE protocols SET sha256 = :h WHERE id = :i"), values)
    db.session.commit()
    _told_alone(verify(two.pdf, at=now()), "Den sparade posten har ändrats sedan protokollet förseglades.")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("also_the_hash", [False, True])
def test_a_file_replaced_in_the_database(two: Two, also_the_hash: bool) -> None:
    """Verifying the original, kept elsewhere, reveals the replacement."""
    _unguard("protocol_files")
    where = f"WHERE protocol_id = {two.one} AND revision = 4"
    db.session.execute(text(f"UPDATE protocol_files SET pdf = :p {where}"), {"p": two.other_pdf})
    if also_the_hash:
        values = {"h": hashlib.sha256(two.other_pdf + b"1").hexdigest()}
        db.session.execute(text(f"UPDATE protocol_files SET sha256 = :h {where}"), values)
    db.session.commit()
    _told_alone(verify(two.pdf, at=now()), "Den sparade filen från underskrift 4 har bytts ut mot en annan.")
