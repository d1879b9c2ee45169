"""What the doctor says of a real display."""

from __future__ import annotations

import pytest

from agent.commands.doctor import Level, check_screen
from agent.configuration.config import Config
from tests.screen.conftest import Desktop

pytestmark = pytest.mark.screen


def test_a_screen_that_can_be_grabbed_is_ok_also_on_wayland(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.clear(40)
    assert check_screen(Config()).level is Level.WARNING  # one flat colour
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    assert check_screen(Config()).level is Level.OK
    desktop.clear(0)
    assert check_screen(Config()).level is Level.WARNING
