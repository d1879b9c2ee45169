"""TLS contexts with which this user's programs trust the certificate that the connection file names."""

from __future__ import annotations

import ssl

from agent.errors import FeedError


def ssl_context_for(certificate: str | None) -> ssl.SSLContext | None:
    """A TLS context that trusts this PEM file; None (the default checks) if ``certificate`` is None.

    Raises FeedError if the file cannot be read as a certificate.
    """
    if certificate is None:
        return None
    try:
        context = ssl.create_default_context(cafile=certificate)
    except OSError as error:
        raise FeedError(
            f"the agent's certificate {certificate} cannot be read ({error.strerror or error}): start the "
            "agent again"
        ) from None
    # Also trusts a CA-signed certificate without its CA. This is the default from Python 3.13.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def certificate_error_text(error: ssl.SSLCertVerificationError) -> str:
    """The error text for a failed certificate check, with what to do."""
    return (
        f"the agent's certificate is not trusted ({error.verify_message}): start the agent again, with --tls "
        "or with a feed.certificate that names this address"
    )
