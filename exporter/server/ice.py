"""Addresses of STUN and TURN servers in the configuration (``webrtc.ice_servers``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SERVER = re.compile(r"(stun|turn)s?:[^?:@\s]+(:[0-9]{1,5})?(\?transport=(udp|tcp))?")


@dataclass(frozen=True, slots=True)
class IceAddress:
    """``url`` is scheme, host and port, such as ``stun:host:3478``; user and password may be empty."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)


def ice_address(text: str) -> IceAddress:
    """Parse ``stun:host:3478`` or ``turn:user:password@host``, without validation."""
    scheme, _, rest = text.partition(":")
    login, _, place = rest.rpartition("@")
    user, _, password = login.partition(":")
    return IceAddress(f"{scheme}:{place}", user, password)


def is_ice_server(text: str) -> bool:
    """Whether ``text`` is a valid address of a STUN or TURN server."""
    return SERVER.fullmatch(ice_address(text).url) is not None
