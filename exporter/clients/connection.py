"""Connections of this program's own clients to the feed; ``python_client.py`` has its own, to be copied."""

from __future__ import annotations

from websockets.sync.client import ClientConnection, connect

from exporter.access.tls_trust import ssl_context_for
from exporter.access.token import ConnectionInfo


def connect_to(info: ConnectionInfo, options: str, wait: float = 10.0) -> ClientConnection:
    """Connect to the feed with ``options`` such as ``"ack=1&hz=2"``, within ``wait`` seconds.

    The token is in no address. Raises FeedError for a certificate that cannot be read, otherwise what
    websockets' ``connect`` raises.
    """
    return connect(
        f"{info.feed}?{options}",
        ssl=ssl_context_for(info.certificate),
        additional_headers={"Authorization": f"Bearer {info.token}"},
        proxy=None,
        open_timeout=wait,
        close_timeout=1,
    )
