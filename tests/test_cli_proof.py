"""The commands for certificates, verification and the audit log."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cryptography import x509
from sqlalchemy import text

from govern.db import db
from tests.apps import open_app
from tests.documents.reading import faults, pdf_pages
from tests.test_cli import Installation, installation

__all__ = ["installation"]  # A fixture.

CILLA = "cilla@alvsam.example"


def test_certificates(installation: Installation, tmp_path: Path) -> None:
    """A root certificate, a certificate, its revocation, and the revocation list; a refusal is a sentence."""
    run, say, out = installation.run, installation.say, tmp_path / "spärrlista.crl"
    none = run("ca", "crl", "--out", str(out))
    assert (none.returncode, "govern ca init" in none.stderr) == (1, True)
    assert "Rotcertifikatet" in say("ca", "init")
    issued = say("ca", "issue", CILLA)
    serial = re.search(r"certifikatet ([0-9a-f]+),", issued)
    assert serial, issued
    assert "är återkallat" in say("ca", "revoke", CILLA)
    assert "inget certifikat att återkalla" in run("ca", "revoke", CILLA).stderr
    say("ca", "crl", "--out", str(out))
    revoked = x509.load_der_x509_crl(out.read_bytes())
    assert [f"{entry.serial_number:x}" for entry in revoked] == [serial[1]]


def test_a_report_as_text_json_and_pdf(installation: Installation, tmp_path: Path) -> None:
    """The three forms agree, and the PDF conforms to both standards."""
    say, file, report = installation.say, tmp_path / "ut.pdf", tmp_path / "rapport.pdf"
    say("import", str(installation.record), "--forum", installation.forum)
    say("export", "1", "--format", "pdf", "--out", str(file))
    told = say("verify", str(file)).splitlines()
    found = json.loads(say("verify", str(file), "--json", "--report", str(report)))
    assert found["genuine"] is True
    assert found["sentences"] == told
    assert faults(report.read_bytes()) == []
    printed = " ".join(" ".join(pdf_pages(report.read_bytes())).split())
    assert found["sha256"] in printed.replace(" ", "")
    assert all(sentence in printed for sentence in told)


def test_the_log_is_proved(installation: Installation) -> None:
    """`audit verify` finds a removed entry and a replaced file although the triggers were dropped."""
    run, say = installation.run, installation.say
    say("import", str(installation.record), "--forum", installation.forum)
    anchor = say("audit", "anchor").strip()
    assert "är oförändrade" in say("audit", "verify", "--anchor", anchor)
    with open_app(installation.folder):
        for table, verb in (("audit", "delete"), ("protocol_files", "update")):
            db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        db.session.execute(text("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"))
        db.session.execute(text("UPDATE protocol_files SET pdf = x'00'"))
        db.session.commit()
    found = run("audit", "verify", "--anchor", anchor)
    assert found.returncode == 1
    assert "rad" in found.stdout
    assert "Protokoll 1: Den sparade filen från förseglingen har bytts ut" in found.stdout
