"""Every script that asks the server shows the sentence of its refusal."""

from __future__ import annotations

import re

from tests.browser.draft_server import ROOT

SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
SILENT = {
    "suggest.js": "The box works without suggestions.",
    "wait.js": "Nobody has asked for anything: the page is as it was.",
    "draft/save.js": "It reads {refusal} itself, together with the other fields of the answer.",
    "upload.js": "As above, with XMLHttpRequest.",
}


def test_every_script_that_asks_reads_the_refusal() -> None:
    """A new one imports `refusal.js`, or is listed above with the reason."""
    asking = {
        str(path.relative_to(ROOT / "static" / "js")): text
        for path in SCRIPTS
        if re.search(r"\bfetch\(|XMLHttpRequest", text := path.read_text())
    }
    without = {name for name, text in asking.items() if "refusal.js" not in text}
    assert without == set(SILENT)
