from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.commands import overlay as commands
from agent.configuration.config import Config
from agent.system.own_command import own_command


def test_a_file_of_the_users_folder_is_not_run_in_place_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "models").mkdir()
    command = own_command("--version")
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "readtheroom" in ran.stdout


def test_login_starts_this_program(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySide6", reason="no overlay to test: install PySide6-Essentials")
    from exporter.native import qt_run
    from exporter.native.qt_app import OverlayOptions

    given: list[OverlayOptions] = []
    monkeypatch.setattr(commands, "obstacle", lambda: None)
    monkeypatch.setattr(qt_run, "run_overlay", given.append)
    commands.overlay(Config())
    assert given[0].at_login == own_command("run", "--overlay", "--background")
