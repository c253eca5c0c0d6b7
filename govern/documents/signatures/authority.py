"""The installation's own certificate authority: a self-signed root, signers' certificates, signing with their keys.

A remote service can replace it, since `pades.prepare` only returns a digest to be signed. Keys are P-256; stored keys
are PKCS#8, encrypted with a passphrase.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from govern.write_lock import slow

YEAR = timedelta(days=365)
NEXT_LIST = timedelta(days=7)
"""The validity of a certificate revocation list (CRL): the time until its `nextUpdate`."""


@dataclass(frozen=True, slots=True)
class Published:
    """The public HTTP addresses of the authority's CRL and of its root certificate."""

    crl: str
    root: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key with its certificate, and the issuers' certificates up to the root."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificate, followed by its issuers'."""
        return (self.certificate, *self.issuers)

    def export(self, passphrase: bytes) -> bytes:
        """Return the encrypted key and the certificates as PEM.

        Raises:
            ValueError: if the passphrase is empty.
        """
        if not passphrase:
            raise ValueError("a key at rest needs a passphrase")
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )
        return key + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in self.chain)


@slow("opening a key")
def load_credential(data: bytes, passphrase: bytes) -> Credential:
    """Load a credential from the output of `Credential.export`.

    Raises:
        ValueError: if the passphrase is wrong or the data is not of that form.
    """
    key = serialization.load_pem_private_key(data, passphrase)
    certificates = x509.load_pem_x509_certificates(data)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key is not an elliptic curve key")
    return Credential(key, certificates[0], tuple(certificates[1:]))


@slow("making a key")
def create_root(organisation: str, at: datetime, years: int = 20) -> Credential:
    """Create an installation's self-signed root, valid for `years` from `at` (aware)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation[:50]} underskrift"),
        ]
    )
    builder = _certificate(name, name, key.public_key(), at, at + years * YEAR).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    builder = builder.add_extension(_usage(authority=True), critical=True)
    return Credential(key, builder.sign(key, hashes.SHA256()))


@slow("making a key")
def issue(
    root: Credential,
    name: str,
    at: datetime,
    *,
    serial_number: str = "",
    years: int = 5,
    published: Published | None = None,
) -> Credential:
    """Issue a key and a certificate to a person; `serial_number` distinguishes namesakes in the certificate.

    With `published` the certificate has the addresses of the CRL and the root. It never outlives the root.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
        x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
    ]
    if serial_number:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number[:64]))
    issuer = root.certificate
    until = min(at + years * YEAR, issuer.not_valid_after_utc)
    builder = _certificate(x509.Name(attributes), issuer.subject, key.public_key(), at, until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
    )
    if published is not None:
        builder = _add_publication_urls(builder, published)
    return Credential(key, builder.sign(root.key, hashes.SHA256()), root.chain)


def sign(credential: Credential, digest: bytes) -> bytes:
    """Sign a SHA-256 digest (32 bytes) such as `SigningJob.digest`; the result is an argument of `pades.finish`."""
    return credential.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


@slow("signing the list of revoked certificates")
def revocation_list(root: Credential, revoked: Iterable[tuple[int, datetime]], at: datetime) -> bytes:
    """Return the signed CRL (DER) of the revoked certificates, given as (serial number, time of revocation).

    The CRL number is the timestamp of `at`, so that a later list never has a lower one.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(at)
        .next_update(at + NEXT_LIST)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
    )
    for serial, since in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _add_publication_urls(builder: x509.CertificateBuilder, published: Published) -> x509.CertificateBuilder:
    place = x509.DistributionPoint([x509.UniformResourceIdentifier(published.crl)], None, None, None)
    issuer = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(published.root)
    )
    return builder.add_extension(x509.CRLDistributionPoints([place]), critical=False).add_extension(
        x509.AuthorityInformationAccess([issuer]), critical=False
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
