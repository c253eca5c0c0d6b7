"""Print an adjuster's refusal in the protocol, in the field reserved for it when the file was written.

It is an incremental update of a kind that the first signature allows (filling in a form field), so that earlier
signatures stay valid.
"""

from __future__ import annotations

import io
from datetime import datetime

from pyhanko.pdf_utils.generic import DictionaryObject, TextStringObject, pdf_name

from govern.documents.signatures.longterm import AppendingWriter
from govern.documents.signatures.stamp import DrawnRefusal
from govern.documents.signatures.values import SignerFacts, note_of
from govern.write_lock import slow


@slow("printing a refusal")
def print_refusal(pdf: bytes, field: str, signer: SignerFacts, reason: str, at: datetime) -> bytes:
    """Fill in the refusal field that belongs to a signature field: that the signer refuses, and why.

    Raises:
        ValueError: if the file has no such refusal field.
    """
    writer = AppendingWriter(io.BytesIO(pdf))
    found = (each.get_object() for each in writer.root["/AcroForm"]["/Fields"])
    note = next((each for each in found if each.get("/T") == note_of(field)), None)
    if note is None:
        raise ValueError(f"the file has no place for a refusal beside {field!r}")
    left, low, right, high = (float(value) for value in note["/Rect"])
    drawn = DrawnRefusal(signer.name, signer.role, reason, at, right - left, high - low)
    drawn.set_writer(writer)  # type: ignore[no-untyped-call]
    look = {pdf_name("/N"): writer.add_object(drawn.as_form_xobject())}
    note[pdf_name("/AP")] = DictionaryObject(look)  # type: ignore[no-untyped-call]
    note[pdf_name("/V")] = TextStringObject(f"{signer.name} vägrar att justera: {reason}")
    writer.update_container(note)
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()
