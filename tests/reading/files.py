"""Small files of every kind, made here so that their content is known."""

from __future__ import annotations

import email.policy
import io
import struct
import zipfile
from email.message import EmailMessage

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

PARTS = "application/vnd.openxmlformats-officedocument."
DOCX = f"{PARTS}wordprocessingml.document"
XLSX = f"{PARTS}spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(**members: str) -> bytes:
    """Pack members; `__` in a name stands for a slash and `_xml` for its ending."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return buffer.getvalue()


def word(body: str) -> bytes:
    """Write a minimal Word document around a body."""
    head = f'<w:document xmlns:w="{WORD}" xmlns:mc="urn:mc" xmlns:wps="urn:wps"><w:body>{body}</w:body></w:document>'
    return packed(word__document_xml=head)


def pdf(*pages: str) -> bytes:
    """Write a PDF, one page per string; an empty one is blank, like a scan without text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in pages:
        for place, line in enumerate(page.splitlines()):
            canvas.drawString(72, 720 - 20 * place, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def png(size: tuple[int, int] = (300, 200)) -> bytes:
    """Draw a picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "#12503f").save(buffer, "PNG")
    return buffer.getvalue()


def eml(text: str = "Hej!", *, html: bool = False) -> bytes:
    """Return a message with an enclosed file, as mail programs save it."""
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["From"], letter["To"] = "Åsa Ö <asa@bjorkby.example>", "registrator@granby.example"
    letter["Date"], letter["Subject"] = "Fri, 15 Jan 2027 09:30:00 +0100", "Växeln"
    letter.set_content(text, subtype="html" if html else "plain")
    letter.add_attachment(b"x", "application", "pdf", filename="kalkyl å.pdf")
    return letter.as_bytes()


def msg(text: str = "Hej!") -> bytes:
    """Return a message in Outlook's form: a stream for each property, padded so that none is a mini stream."""
    utf16 = {"0C1A": "Åsa Ö", "0C1F": "asa@bjorkby.example", "0E04": "Registrator", "0037": "Växeln", "1000": text}
    utf16["007D"] = "Date: Fri, 15 Jan 2027 09:30:00 +0100\r\n\r\n"
    streams = [(f"__substg1.0_{number}001F", words.encode("utf-16-le")) for number, words in utf16.items()]
    enclosed = ("__substg1.0_3707001F", "kalkyl å.pdf".encode("utf-16-le"))
    return ole([*streams], "__attach_version1.0_#00000000", [enclosed])


def ole(streams: list[tuple[str, bytes]], folder: str, inside: list[tuple[str, bytes]]) -> bytes:
    """Return an OLE file (MS-CFB) with some streams, and a folder with others."""
    none, end, fat_sector, sector, length = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 512, 4096
    each = length // sector
    contents = [data.ljust(length, b"\x00") for _, data in (*streams, *inside)]
    entries = 2 + len(contents)
    directories = -(-entries * 128 // sector)
    fat = [fat_sector, *range(2, 1 + directories), end]
    for _ in contents:
        start = len(fat)
        fat += [*range(start + 1, start + each), end]
    fat += [none] * (sector // 4 - len(fat))

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        encoded = name.encode("utf-16-le") + b"\x00\x00"
        links = struct.pack("<BBIII", kind, 1, none, right, child)
        return encoded.ljust(64, b"\x00") + struct.pack("<H", len(encoded)) + links + bytes(36) + struct.pack(
            "<IQ", start, size
        )  # fmt: skip

    first = 1 + directories
    names = [name for name, _ in (*streams, *inside)]
    rows = [entry("Root Entry", 5, none, 1, end, 0), entry(folder, 1, 2, 2 + len(streams), end, 0)]
    for place, name in enumerate(names):
        last = place in (len(streams) - 1, len(names) - 1)
        rows.append(entry(name, 2, none if last else place + 3, none, first + place * each, length))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, length, end, 0, end, 0) + struct.pack("<109I", 0, *[none] * 108)
    directory = b"".join(rows).ljust(directories * sector, b"\x00")
    return head + struct.pack(f"<{len(fat)}I", *fat) + directory + b"".join(contents)
