"""How programs of this user come to trust the agent's own certificate: the connection file names its
certificate."""

from __future__ import annotations

import ssl

from agent.errors import FeedError


def ssl_context_for(certificate: str | None) -> ssl.SSLContext | None:
    """What a TLS connection to the agent with this PEM file is checked by; None without one, as by default.

    Raises FeedError when the file is none to trust.
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
    # Also one that an authority signed is trusted as it is. From Python 3.13 on this is the default.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def certificate_error_text(error: ssl.SSLCertVerificationError) -> str:
    """Why a connection was not made, and what to do."""
    return (
        f"the agent's certificate is not trusted ({error.verify_message}): start the agent again, with --tls "
        "or with a feed.certificate that names this address"
    )
