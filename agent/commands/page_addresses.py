"""The addresses of the pages, and the lines that print them in the terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Protocol

import segno

from agent.configuration.config import FeedConfig
from exporter.access.rules import is_loopback
from exporter.access.tls import fingerprint, kept_certificate, own_names
from exporter.server.feed_server import ServerSettings


class Page(Protocol):
    """Returns the address of a page with the token; ``host`` replaces the usual host name."""

    def __call__(self, path: str, host: str | None = None, /) -> str: ...


def settings_of(feed: FeedConfig, folder: Path | None = None) -> ServerSettings:
    """The server's settings from the configuration.

    Off loopback, the machine's own names are allowed besides the configured ones. With ``feed.self_signed`` a
    certificate for them is made and kept in ``folder`` (None: the user's state folder). Raises ConfigError
    when it cannot be kept.
    """
    certificate, key, hosts = feed.certificate, feed.key, list(feed.allowed_hosts)
    if not is_loopback(feed.host.lower()):
        hosts += own_names(feed.host)
    if feed.self_signed and certificate is None:
        kept = kept_certificate(own_names(feed.host), folder)
        certificate, key = str(kept.certificate), str(kept.key)
    return ServerSettings(feed.host, feed.port, hosts, feed.allowed_origins, certificate, key)


def announcement(page: Page, feed: FeedConfig, *, shares: bool, folder: Path | None = None) -> str:
    """``address_lines``, and what to do with them in the terminal where the agent runs."""
    lines = address_lines(page, feed, shares=shares, folder=folder)
    # Nothing is read before something is shared, so the share page comes first, as in README.
    first = "Share" if shares else "Dashboard"
    return f"{lines}\nOpen the {first} address in your browser. Stop with Ctrl-C."


def address_lines(page: Page, feed: FeedConfig, *, shares: bool, folder: Path | None = None) -> str:
    """The lines with the pages' addresses; off loopback with a QR code for a tablet.

    ``shares``: the share page accepts pictures.
    """
    if is_loopback(feed.host.lower()):
        host = None
        # A certificate is made for other machines, as with --lan.
        note = [f"{feed.host} is this machine only. For others use --lan, and no --host."] * feed.self_signed
    else:
        host = own_names(feed.host)[0]
        address = page("/share" if shares else "/", host)
        note = [qr_code(address, sys.stdout.encoding), "Scan this with a tablet in the same network."]
    if feed.self_signed and feed.certificate is None:
        digest = fingerprint(kept_certificate(own_names(feed.host), folder).certificate)
        note += [
            "The certificate is this machine's own: the browser warns of it once. Its SHA-256 is",
            digest,
        ]
    lines = [f"Dashboard  {page('/', host)}", f"Overlay    {page('/overlay', host)}  (a page for OBS)"]
    if shares:
        lines.append(f"Share      {page('/share', host)}")
    return "\n".join([*lines, *note])


def qr_code(text: str, encoding: str | None) -> str:
    """A QR code of block characters, or the text itself where the terminal's ``encoding`` lacks them."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, border=2, compact=True)
    try:
        drawn.getvalue().encode(encoding or "ascii")
    except UnicodeEncodeError:
        return text
    return drawn.getvalue().rstrip("\n")
