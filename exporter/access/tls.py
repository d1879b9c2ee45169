"""TLS without a certificate authority: a self-signed certificate, created on request.

Browsers give screens and cameras to secure pages only, so a tablet in the same network needs https. The
certificate is stored, so that the user has to trust it only once in each browser.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from agent.errors import ConfigError
from exporter.files import remedy, write_private
from exporter.user_folders import state_folder

VALID = dt.timedelta(days=397)
"""Lifetime of a certificate; Apple's systems refuse server certificates valid for more than 398 days."""

RENEW_BEFORE = dt.timedelta(days=30)
VIRTUAL = (
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "tun",
    "tap",
    "utun",
    "wg",
    "zt",
    "tailscale",
)
"""Name prefixes of virtual network adapters, through which no tablet in the room can connect."""


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """Paths of the PEM files of a certificate and its key."""

    certificate: Path
    key: Path


def lan_addresses() -> list[str]:
    """This machine's IPv4 addresses in local networks; those of virtual adapters come last."""
    found: list[tuple[bool, str]] = []
    for adapter in ifaddr.get_adapters():
        virtual = adapter.nice_name.lower().startswith(VIRTUAL)
        found.extend((virtual, ip.ip) for ip in adapter.ips if isinstance(ip.ip, str) and _is_lan(ip.ip))
    return [ip for _, ip in sorted(found, key=lambda one: one[0])]


def _is_lan(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def own_names(host: str) -> list[str]:
    """The names by which a browser may reach an agent that listens on ``host``, the best first."""
    names = [host]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        names = [*lan_addresses(), *_host_names(socket.gethostname())]
    return list(dict.fromkeys([*names, "localhost", "127.0.0.1"]))


def _host_names(name: str) -> list[str]:
    """A machine's name, plain and for multicast DNS (``.local``); empty if it is not valid in a URL."""
    if not name.isascii() or not name.replace("-", "").replace(".", "").isalnum():
        return []
    return [name] if "." in name else [name, f"{name}.local"]


def kept_certificate(
    names: Sequence[str], folder: Path | None = None, now: dt.datetime | None = None
) -> KeptCertificate:
    """A self-signed certificate for host names and IP addresses: the stored one if valid, else a new one.

    ``folder`` None is the user's state folder; only the user can read the key. Raises ConfigError if the
    files cannot be written.
    """
    base = folder or state_folder()
    kept = KeptCertificate(base / "self-signed.pem", base / "self-signed.key")
    now = now or dt.datetime.now(dt.UTC)
    if not _still_good(kept, names, now):
        try:
            certificate, key = self_signed(names, now)
            write_private(kept.key, key)
            write_private(kept.certificate, certificate)
        except OSError as error:
            raise ConfigError(
                f"the self-signed certificate cannot be written to {kept.certificate}: "
                f"{error.strerror or error}; {remedy(error)}, or set feed.certificate and feed.key to your "
                "own files"
            ) from None
    return kept


def self_signed(names: Iterable[str], now: dt.datetime) -> tuple[bytes, bytes]:
    """A new certificate for these names, valid for 397 days, and its P-256 key, both as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Read the Room on this machine")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + VALID - dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), private


def fingerprint(certificate: Path) -> str:
    """The SHA-256 fingerprint of a certificate as browsers show it, for the user to compare."""
    digest = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


def is_for(certificate: Path, name: str) -> bool:
    """Whether a certificate names a host name or IP address; False if the file is no certificate."""
    try:
        held = _held_names(x509.load_pem_x509_certificate(certificate.read_bytes()))
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return _general_name(name) in set(held)


def _held_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _still_good(kept: KeptCertificate, names: Iterable[str], now: dt.datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(kept.certificate.read_bytes())
        key = serialization.load_pem_private_key(kept.key.read_bytes(), None)
        held = _held_names(certificate)
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    fits = certificate.public_key() == key.public_key()
    lasts = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc - RENEW_BEFORE
    return fits and lasts and {_general_name(name) for name in names} <= set(held)
