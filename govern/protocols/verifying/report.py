"""The report of a verification as a PDF, to archive with the protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from govern.documents.content import Document, Element, Heading, Title, bullets, lines, paragraphs, table
from govern.documents.style import HouseStyle
from govern.documents.writers import write_pdf
from govern.swedish import moment

HEAD = ("Namn", "Roll", "Tid", "Nivå", "Gäller")


def report_pdf(verdict: Mapping[str, Any], name: str, at: datetime, organisation: str) -> bytes:
    """Write the report of a verdict (in the form of `sentences.as_json`) on the file called `name`."""
    style = HouseStyle()
    document = Document(
        title=f"Verifiering av {name}",
        author=organisation,
        running=f"Verifiering · {name}",
        strip=(),
        elements=tuple(_elements(verdict, name, at, organisation)),
        **style.style_fields(),
    )
    return write_pdf(document).pdf


def _elements(verdict: Mapping[str, Any], name: str, at: datetime, organisation: str) -> Iterator[Element]:
    outcome = "Filen är äkta och oförändrad" if verdict["genuine"] else "Filen kunde inte bekräftas"
    yield Title(outcome, (organisation,), "Verifiering", moment(at))
    yield Heading(2, "Filen", anchor="fil", beside=True)
    yield lines(name, f"SHA-256 {verdict['sha256'][:32]} {verdict['sha256'][32:]}")
    yield Heading(2, "Vad som hittades", anchor="fynd")
    yield bullets(tuple(verdict["sentences"]))
    if verdict["signatures"]:
        yield Heading(2, "Underskrifter", anchor="underskrifter")
        yield table(HEAD, tuple(_row(signature) for signature in verdict["signatures"]))
    yield Heading(2, "Om rapporten", anchor="om")
    yield paragraphs(
        "Filen har jämförts med det som sparades när protokollet förseglades och undertecknades. Underskrifterna har "
        "prövats enligt ETSI EN 319 102-1 mot installationens egna rotcertifikat och dem som den har ställts in att "
        "lita på.",
        f"Rapporten är skriven {moment(at)} och säger vad som gällde då. Den är inte själv undertecknad.",
    )


def _row(signature: Mapping[str, Any]) -> tuple[str, ...]:
    time = signature["stamped_time"] or signature["claimed_time"]
    when = moment(datetime.fromisoformat(time)) if time else "okänd"
    holds = "ja" if signature["holds"] else "nej"
    return (signature["name"], signature["role"], when, f"PAdES {signature['level']}", holds)
