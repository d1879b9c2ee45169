"""What the desktop session says of itself."""

from __future__ import annotations

import sys

import pytest

from agent.sources.desktop import is_wayland


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is a Linux matter")
@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"XDG_SESSION_TYPE": "x11"}, False),
        ({"XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": ""}, False),
        ({"XDG_SESSION_TYPE": "wayland"}, True),
        ({"XDG_SESSION_TYPE": "tty", "WAYLAND_DISPLAY": "wayland-0"}, True),
    ],
)
def test_wayland_is_told_by_either_variable(
    environment: dict[str, str], wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_SESSION_TYPE", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_wayland() is wanted


def test_no_other_system_has_wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not is_wayland()
