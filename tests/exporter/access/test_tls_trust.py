"""Whom programs of this user trust: the file that the connection file names, and nothing else."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.errors import FeedError
from exporter.access.tls import is_for, self_signed
from exporter.access.tls_trust import certificate_error_text, ssl_context_for
from tests.exporter.samples import serving, serving_tls


def test_without_a_certificate_it_is_as_usual() -> None:
    assert ssl_context_for(None) is None


def test_another_agents_certificate_is_not_trusted(tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(self_signed(["127.0.0.1"], dt.datetime.now(dt.UTC))[0])
    context = ssl_context_for(str(other))
    assert context is not None
    with serving_tls(tmp_path) as server, pytest.raises(httpx.ConnectError, match="self-signed"):
        httpx.get(server.address, verify=context)


def test_one_that_an_authority_signed_is_trusted_without_the_authority(tmp_path: Path) -> None:
    certificate, key = signed_by_an_authority(tmp_path)
    context = ssl_context_for(certificate)
    assert context is not None
    with serving(tmp_path, host="localhost", certificate=certificate, key=key) as server:
        assert httpx.get(server.address, verify=context).status_code == 200
        # It is not made out to this one.
        assert not is_for(Path(certificate), "127.0.0.1")
        with pytest.raises(httpx.ConnectError, match="not valid for '127.0.0.1'"):
            httpx.get(server.page("/", "127.0.0.1"), verify=context)


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN NONSENSE-----"])
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_bytes(content)
    assert not is_for(path, "127.0.0.1")
    with pytest.raises(FeedError, match=r"own\.pem cannot be read .*: start the agent again"):
        ssl_context_for(str(path))


def test_the_reason_is_said_in_words() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "certificate has expired"
    assert certificate_error_text(error).startswith(
        "the agent's certificate is not trusted (certificate has expired): start"
    )


def signed_by_an_authority(folder: Path) -> tuple[str, str]:
    """PEM files of a certificate for localhost and of its key; the authority's certificate is in neither."""
    now = dt.datetime.now(dt.UTC)
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a school")]))
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate, key = folder / "signed.pem", folder / "signed.key"
    certificate.write_bytes(made.public_bytes(pem))
    key.write_bytes(private)
    return str(certificate), str(key)
