"""Connects this program's own clients to the feed; ``python_client.py``, to be copied, does not use it."""

from __future__ import annotations

from websockets.sync.client import ClientConnection, connect

from exporter.access.tls_trust import ssl_context_for
from exporter.access.token import ConnectionInfo


def connect_to(info: ConnectionInfo, options: str, wait: float = 10.0) -> ClientConnection:
    """Connect to the feed with ``options`` such as ``"ack=1&hz=2"``, within ``wait`` seconds.

    The token is sent in a header, not in the address. Raises FeedError for a certificate that cannot be read,
    and the exceptions of websockets' ``connect``.
    """
    return connect(
        f"{info.feed}?{options}",
        ssl=ssl_context_for(info.certificate),
        additional_headers={"Authorization": f"Bearer {info.token}"},
        proxy=None,
        open_timeout=wait,
        close_timeout=1,
    )
