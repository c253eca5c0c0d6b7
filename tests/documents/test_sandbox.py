"""A sandboxed program reaches no network, files or secrets, and neither does LibreOffice with a hostile document."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pypdfium2
import pytest

from govern import limited
from govern.documents.binding import convert, sandbox
from tests.need import need
from tests.reading.files import DOCX, ODT, WORD
from tests.test_limited import gone

SECRET = "Hemlighetsfullt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder that a sandboxed program can use."""
    need("bwrap")
    inside = tmp_path / "inside"
    inside.mkdir()
    return inside


def told(folder: Path, script: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script in the sandbox."""
    return sandbox.run(["bash", "-c", script], folder, seconds=60)


def test_its_folder_is_there_to_write_in(folder: Path) -> None:
    (folder / "in").write_text("hej")
    assert told(folder, "cat in > out; pwd").stdout.decode().strip() == sandbox.INSIDE
    assert (folder / "out").read_text() == "hej"


def test_no_other_file_is(folder: Path, tmp_path: Path) -> None:
    """Neither adjacent files, the project, nor the system's user files can be read, and nothing can be written."""
    (tmp_path / "secret").write_text(SECRET)
    for path in (tmp_path / "secret", Path(__file__), Path("/etc/passwd"), Path("/etc/shadow"), Path("/root")):
        assert told(folder, f"cat {path} || ls {path}").returncode != 0, path
    for path in ("/usr/written", "/etc/fonts/written", "/opt/written"):
        assert told(folder, f"touch {path}").returncode != 0, path
        assert not Path(path).exists()


def test_no_network_is(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert told(folder, f"exec 3<>/dev/tcp/127.0.0.1/{port}").returncode != 0
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    devices = told(folder, "cat /proc/net/dev").stdout.decode().splitlines()[2:]
    assert [line.partition(":")[0].strip() for line in devices] == ["lo"]


def test_no_secret_and_no_other_process_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVERN_SECRET_KEY", SECRET)
    assert SECRET.encode() not in told(folder, "env; cat /proc/*/environ").stdout
    processes = [name for name in told(folder, "ls /proc").stdout.decode().split() if name.isdecimal()]
    assert len(processes) <= 4


def test_where_it_is_missing_nothing_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: None)
    assert not sandbox.available()
    with pytest.raises(LookupError):
        sandbox.run(["true"], folder, seconds=5)


def test_where_it_may_not_be_used_nothing_is_run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This happens in a container whose kernel forbids new namespaces."""
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o700)
    soffice = tmp_path / "soffice"
    soffice.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    soffice.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert convert.office_off() is convert.OfficeOff.NO_SANDBOX
    path = word(tmp_path, lambda document: document.add_paragraph("Hej"))
    with pytest.raises(convert.Unconvertible, match="kan inte visas"):
        convert.to_bind(path, DOCX, "", tmp_path / "made.pdf")
    with pytest.raises(convert.Unconvertible, match="kan inte visas"):
        convert.to_pdf(path, DOCX, "")
    assert not (tmp_path / "ran").exists()


# --- LibreOffice --------------------------------------------------------------------------------------------


def word(folder: Path, write: Callable[[docx.document.Document], object]) -> Path:
    """Write a Word document."""
    document = docx.Document()
    write(document)
    path = folder / "plan.docx"
    document.save(str(path))
    return path


NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"))
)
FRAME = '<draw:frame svg:width="5cm" svg:height="5cm" text:anchor-type="paragraph">{}</draw:frame>'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60">'
    '<text x="5" y="40" font-family="Liberation Sans" font-size="20">{}</text></svg>'
)
LINK = 'xlink:href="{}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"'


def open_document(folder: Path, body: str) -> Path:
    """Write an OpenDocument text."""
    path = folder / "plan.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ODT)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{ODT}"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {NAMES} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
            f"<office:body><office:text><text:p>Synligt</text:p>{body}</office:text></office:body>"
            "</office:document-content>",
        )
    return path


def linking(folder: Path, address: str) -> Path:
    """Write a text that links to an external picture, objects and a section."""
    link = LINK.format(address)
    section = (
        f'<text:section text:name="a"><text:section-source {link} text:filter-name="Text"/><text:p/></text:section>'
    )
    frames = [FRAME.format(f"<draw:{kind} {link}/>") for kind in ("image", "object", "object-ole")]
    return open_document(folder, section + "".join(f"<text:p>{frame}</text:p>" for frame in frames))


def linking_word(folder: Path, address: str) -> Path:
    """Write a Word document with a linked picture and a field that includes a text."""
    path = word(folder, lambda document: document.add_paragraph("Synligt"))
    inside = {}
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    relations = inside["word/_rels/document.xml.rels"].decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    picture = f'<Relationship Id="rId99" Type="{kind}/image" Target="{address}" TargetMode="External"/></Relationships>'
    inside["word/_rels/document.xml.rels"] = relations.replace("</Relationships>", picture).encode()
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    shape = (
        f'<w:p xmlns:w="{WORD}" xmlns:wp="{drawing}/wordprocessingDrawing" xmlns:a="{drawing}/main" xmlns:r="{kind}">'
        '<w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="9" name="a"/><a:graphic>'
        f'<a:graphicData uri="{drawing}/picture"><p:pic xmlns:p="{drawing}/picture"><p:nvPicPr>'
        '<p:cNvPr id="9" name="a"/><p:cNvPicPr/></p:nvPicPr><p:blipFill><a:blip r:link="rId99"/>'
        '<a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        f'<w:p xmlns:w="{WORD}"><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> INCLUDETEXT '
        f'"{address}" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    inside["word/document.xml"] = inside["word/document.xml"].replace(b"<w:sectPr", shape.encode() + b"<w:sectPr", 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in inside.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def knocks() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on a local address, and yield its URL and the requests received."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(2)
                    heard.append(caller.recv(100))
                    caller.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a.txt", heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(60)


def words(pdf: Path) -> str:
    """Return the text of a PDF."""
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def printed_freely(path: Path, folder: Path) -> str:
    """Print without the sandbox: LibreOffice with the server's network and files."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return words(folder / f"{path.stem}.pdf")


SHUT_IN = pytest.mark.parametrize("shut_in", [True, False])
"""The run without the sandbox proves that the document does what the sandbox prevents."""


def printed(path: Path, media_type: str, folder: Path, *, shut_in: bool) -> str:
    """Print a document and return its text."""
    if not shut_in:
        return printed_freely(path, folder)
    made = folder / "made.pdf"
    convert.to_bind(path, media_type, "", made)
    return words(made)


@pytest.mark.office
@SHUT_IN
@pytest.mark.parametrize(("media_type", "write"), [(ODT, linking), (DOCX, linking_word)])
def test_nothing_is_fetched(
    media_type: str,
    write: Callable[[Path, str], Path],
    shut_in: bool,
    knocks: tuple[str, list[bytes]],
    tmp_path: Path,
) -> None:
    need("soffice")
    need("bwrap")
    address, heard = knocks
    text = printed(write(tmp_path, address), media_type, tmp_path, shut_in=shut_in)
    assert "Synligt" in text
    assert bool(heard) is not shut_in


@pytest.mark.office
@SHUT_IN
@pytest.mark.long
def test_no_file_of_the_server_comes_in(shut_in: bool, tmp_path: Path) -> None:
    need("soffice")
    need("bwrap")
    secret = tmp_path / "secret.svg"
    secret.write_text(SVG.format(SECRET))
    text = printed(linking(tmp_path, secret.as_uri()), ODT, tmp_path, shut_in=shut_in)
    assert "Synligt" in text
    assert (SECRET in text) is not shut_in


@pytest.mark.office
def test_nothing_of_it_outlives_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice takes a second to start, and is killed with all its child processes."""
    need("soffice")
    need("bwrap")
    monkeypatch.setattr(convert, "SECONDS", 1.0)
    path = word(tmp_path, lambda document: [document.add_paragraph("Ord " * 2000) for _ in range(500)])
    seen: dict[int, str] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            seen.update(descendants())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with pytest.raises(convert.Unconvertible, match="för lång tid"):
            convert.to_bind(path, DOCX, "", tmp_path / "made.pdf")
    finally:
        done.set()
        watching.join()
    office = [process for process, name in seen.items() if "soffice" in name or "oosplash" in name]
    assert office
    assert all(gone(process) for process in seen)


def descendants() -> dict[int, str]:
    """Return the process IDs and names of all descendants of the server of the limited processes."""
    server = limited._server._process
    parents: dict[int, tuple[int, str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        parents[int(stat.parent.name)] = (int(rest.split()[1]), name)
    found: dict[int, str] = {}
    for process, (_, name) in parents.items():
        above = process
        while above in parents and server is not None:
            above = parents[above][0]
            if above == server.pid:
                found[process] = name
                break
    return found
