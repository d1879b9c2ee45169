"""Addresses of STUN and TURN servers fall into their parts."""

from __future__ import annotations

import pytest

from exporter.server.ice import IceAddress, ice_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("stun:host:3478", IceAddress("stun:host:3478")),
        ("turn:ada:secret@host:3478", IceAddress("turn:host:3478", "ada", "secret")),
        ("turns:ada:a@b:c@host?transport=tcp", IceAddress("turns:host?transport=tcp", "ada", "a@b:c")),
        ("turn:ada@host", IceAddress("turn:host", "ada", "")),
    ],
)
def test_an_address_falls_into_its_parts(text: str, parts: IceAddress) -> None:
    assert ice_address(text) == parts


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(ice_address("turn:ada:secret@host"))
