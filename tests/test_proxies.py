"""The proxy configurations of docs/operations.md in front of a real `govern run`, on the test's own ports."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.need import find, need
from tests.ports import free_port
from tests.running import Running, govern_run

MANUAL = Path(__file__).parents[1] / "docs" / "operations.md"
NAME = "govern.example.se"
SIZE = 30_000_000

pytestmark = pytest.mark.long

ECHO = """
import govern
import hashlib
import json
from govern.cli import main

made = govern.create_app


def create_app(settings):
    app = made(settings)
    inner = app.wsgi_app.app  # Within what believes the proxy.

    def echo(environ, start_response):
        if environ["PATH_INFO"] != "/eko":
            return inner(environ, start_response)
        digest, size = hashlib.sha256(), 0
        while part := environ["wsgi.input"].read(65536):
            digest.update(part)
            size += len(part)
        seen = {name: environ.get(name) for name in ("REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme")}
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(seen | {"size": size, "sha256": digest.hexdigest()}).encode()]

    app.wsgi_app.app = echo
    return app


govern.create_app = create_app
main()
"""


def _written(kind: str) -> str:
    """Return a configuration block from the manual."""
    found = re.search(rf"```{kind}\n(.*?)```", MANUAL.read_text(), re.DOTALL)
    assert found, f"docs/operations.md has no {kind}"
    return found.group(1)


def _replaced(text: str, **parts: str) -> str:
    for old, new in parts.items():
        assert old in text, f"{old!r} is not in the manual any more"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run Govern with the settings for one proxy and a page that reports what it receives."""
    folder = tmp_path_factory.mktemp("behind") / "data"
    settings = {"GOVERN_BASE_URL": f"https://{NAME}", "GOVERN_TRUSTED_PROXIES": "1", "GOVERN_WORKERS": "1"}
    with govern_run(folder, {**settings, "GOVERN_THREADS": "4", "GOVERN_BACKGROUND": "0"}, ECHO) as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Create a certificate and key for the manual's site."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(9))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False).sign(key, hashes.SHA256())
    pem, private = folder / "site.pem", folder / "site.key"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, private


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest,
    behind: Running,
    certificate: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[int]:
    """Start the proxy and return its port."""
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    command = {"nginx": _nginx, "caddy": _caddy}[request.param](folder, port, behind.port, certificate)
    with _running(command, folder, port):
        yield port


def _nginx(folder: Path, port: int, to: int, certificate: tuple[Path, Path]) -> list[str]:
    pem, key = certificate
    site = _replaced(
        _written("nginx"),
        **{
            "127.0.0.1:8000": f"127.0.0.1:{to}",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            f"/etc/ssl/{NAME}.pem": str(pem),
            f"/etc/ssl/{NAME}.key": str(key),
        },
    )
    (folder / "site.conf").write_text(site)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    whole = f"{user} pid {folder}/pid; error_log {folder}/log; events {{}} http {{ access_log off; {kept}"
    (folder / "nginx.conf").write_text(f"{whole} include {folder}/site.conf; }}")
    return [need("nginx"), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"]


def _caddy(folder: Path, port: int, to: int, certificate: tuple[Path, Path]) -> list[str]:
    pem, key = certificate
    site = _replaced(
        _written("caddyfile"),
        **{
            "127.0.0.1:8000": f"127.0.0.1:{to}",
            "{\n    servers {": "{\n    admin off\n    auto_https off\n    servers {",
            f"{NAME} {{": f"https://{NAME}:{port} {{\n    bind 127.0.0.1\n    tls {pem} {key}",
        },
    )
    (folder / "Caddyfile").write_text(site)
    return [need("caddy"), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=home, stdout=output, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            assert process.poll() is None, (folder / "output").read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):  # Caddy waits for open connections.
            process.wait(3)
        process.kill()
        process.wait()


class _Site(http.client.HTTPSConnection):
    """A connection to the site by its host name, which DNS does not know."""

    def __init__(self, port: int, trusted: Path) -> None:
        self._trusting = ssl.create_default_context(cafile=str(trusted))
        super().__init__(NAME, port, timeout=120, context=self._trusting)

    def connect(self) -> None:
        """Connect to this machine and verify the certificate of the site's name."""
        plain = socket.create_connection(("127.0.0.1", self.port), 120)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=NAME)


def _ask(
    proxy: int, certificate: tuple[Path, Path], path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    connection = _Site(proxy, certificate[0])
    try:
        connection.request("POST" if body is not None else "GET", path, body, {"Host": NAME, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_both_proxies_are_there_in_ci():
    """`.ci/programs` lists what CI installs."""
    written = (MANUAL.parents[1] / ".ci" / "programs").read_text()
    assert "nginx-light" in written
    assert "caddy" in written
    if os.environ.get("CI"):
        assert find("nginx")
        assert find("caddy")


def test_pages_and_scripts_are_read_through_it(proxy, certificate, behind):
    status, page = _ask(proxy, certificate, "/logga-in")
    assert status == 200
    assert b"csrf_token" in page
    found = re.search(rb'src="(/static/[^"]+\.js)"', page)
    assert found
    script = found[1].decode()
    assert _ask(proxy, certificate, script) == behind.get(script)
    assert behind.get(script)[0] == 200


def test_a_large_upload_passes_whole(proxy, certificate):
    body = os.urandom(1_000_000) * (SIZE // 1_000_000)
    status, answer = _ask(proxy, certificate, "/eko", body)
    seen = json.loads(answer)
    assert (status, seen["size"]) == (200, SIZE)
    assert seen["sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("proxy", ["nginx"], indirect=True)
def test_what_is_too_large_is_refused(proxy, certificate):
    with closing(_Site(proxy, certificate[0])) as connection:
        connection.putrequest("POST", "/eko")
        connection.putheader("Content-Length", "900000000")
        connection.endheaders()
        with suppress(OSError):  # nginx closes the connection as soon as it has read the length.
            connection.send(bytes(2_000_000))
        assert connection.getresponse().status == 413


def test_the_client_is_known_by_what_the_proxy_says_and_not_by_what_it_says_itself(proxy, certificate):
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "elsewhere.example"}
    _, answer = _ask(proxy, certificate, "/eko", b"", **forged)
    seen = json.loads(answer)
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert seen["wsgi.url_scheme"] == "https"
    assert seen["HTTP_HOST"].partition(":")[0] == NAME


def test_slow_bodies_do_not_silence_it(proxy, certificate):
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    head = f"POST /eko HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 90000\r\n\r\na".encode()
    clients: list[ssl.SSLSocket] = []
    try:
        for _ in range(60):
            plain = socket.create_connection(("127.0.0.1", proxy), 60)
            clients.append(trusting.wrap_socket(plain, server_hostname=NAME))
            clients[-1].sendall(head)
        for _ in range(5):
            assert _ask(proxy, certificate, "/logga-in")[0] == 200
    finally:
        for client in clients:
            client.close()
