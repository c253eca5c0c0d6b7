"""A real time-stamp authority on loopback: certomancer answers RFC 3161 requests and has a CRL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from asn1crypto import pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.serving import make_server

ARCH = ArchLabel("stamps")

CONFIG = """
external-url-prefix: "{url}"
keysets:
  keys:
    path-prefix: {folder}
    keys:
      root: {{path: root.pem}}
      tsa: {{path: tsa.pem}}
pki-architectures:
  stamps:
    keyset: keys
    entity-defaults: {{country-name: SE, organization-name: Prov}}
    entities:
      root: {{common-name: Provets rot}}
      tsa: {{common-name: Provets tidsstämplar}}
    certs:
      root:
        subject: root
        subject-key: root
        issuer: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2045-01-01T00:00:00+0000"}}
        profiles:
          - id: simple-ca
            params: {{max-path-len: 0, crl-repo: root}}
      tsa:
        subject: tsa
        subject-key: tsa
        issuer: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "{until}"}}
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [digital_signature]}}}}
          - {{id: extended_key_usage, critical: true, value: [time_stamping]}}
          - {{id: crl_distribution_points, smart-value: {{schema: crl-dist-url, params: {{crl-repo-names: [root]}}}}}}
    services:
      crl-repo:
        root: {{for-issuer: root, signing-key: root, simulated-update-schedule: "P90D"}}
      time-stamping:
        tsa: {{signing-cert: tsa, signing-key: tsa, certs-to-embed: [root]}}
"""


@dataclass
class Stamps:
    """The authority: where it answers, its root certificate as PEM, and what was asked of it."""

    url: str
    root_pem: bytes
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path, until: str = "2035-01-01T00:00:00+0000") -> Iterator[Stamps]:
    """Serve stamps whose certificate lasts `until`."""
    for name in ("root", "tsa"):
        key = ec.generate_private_key(ec.SECP256R1())
        (folder / f"{name}.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    holder: list[object] = []
    asked: list[str] = []

    def application(environ: dict[str, object], start: object) -> object:
        asked.append(str(environ["PATH_INFO"]))
        return holder[0](environ, start)  # type: ignore[operator]

    server = make_server("127.0.0.1", 0, application, threaded=True)  # type: ignore[arg-type]
    base = f"http://127.0.0.1:{server.port}"
    config = folder / "stamps.yml"
    config.write_text(CONFIG.format(folder=folder, url=base, until=until))
    loaded = CertomancerConfig.from_file(str(config), key_search_dir="/")
    arch = loaded.get_pki_arch(ARCH)
    holder.append(Animator(AnimatorArchStore({ARCH: arch}), with_web_ui=False))
    root = arch.get_cert(CertLabel("root")).dump()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Stamps(f"{base}/stamps/tsa/tsa", pem.armor("CERTIFICATE", root), asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
