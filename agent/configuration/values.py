"""Checks values of the configuration that types cannot check: addresses and keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agent.configuration.config import Config
from agent.errors import ConfigError
from exporter.access.rules import host_name, normal_origin
from exporter.native import shortcut
from exporter.server.ice import ice_address, is_ice_server

HOST = "must be a host name such as 'teacher.local'"
ORIGIN = "must be an origin such as 'https://tool.example'"
WILDCARD = "must be an origin and no wildcard, with which every page that you open could read the room"


class WrongValue(NamedTuple):
    """An invalid value: the key's path, the value as it may be shown, and what was expected."""

    key: str
    shown: str
    expected: str


def wrong_values(config: Config) -> Iterator[WrongValue]:
    """Yield the invalid values, in the order of the file; a server's password is not shown."""
    for index, host in enumerate(config.feed.allowed_hosts):
        if host_name(host) is None:
            yield WrongValue(f"feed.allowed_hosts[{index}]", host, HOST)
    for index, origin in enumerate(config.feed.allowed_origins):
        if normal_origin(origin) is None:
            yield WrongValue(f"feed.allowed_origins[{index}]", origin, WILDCARD if "*" in origin else ORIGIN)
    for index, server in enumerate(config.webrtc.ice_servers):
        if not is_ice_server(server):
            expected = "must be like 'stun:host:3478' or 'turn:user:password@host:3478'"
            yield WrongValue(f"webrtc.ice_servers[{index}]", ice_address(server).url, expected)
    try:
        shortcut.parse_shortcut(config.overlay.shortcut)
    except ConfigError:
        yield WrongValue("overlay.shortcut", config.overlay.shortcut, shortcut.EXPECTED)
