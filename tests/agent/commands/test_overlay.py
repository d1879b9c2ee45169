"""``run --overlay`` where nothing can be drawn: said before anything is opened."""

from __future__ import annotations

import pytest

from agent.commands.overlay import need_overlay
from agent.errors import OverlayError
from tests.program import call


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_display")
def test_what_to_do_without_a_display_or_the_extra_is_said() -> None:
    with pytest.raises(OverlayError, match="leave out --overlay$"):
        need_overlay()


def test_a_run_says_it_before_it_opens_anything() -> None:
    done = call("run", "--source", "demo", "--overlay", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "leave out --overlay" in done.stderr
