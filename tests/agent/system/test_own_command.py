from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.cli import parse
from agent.commands import overlay as commands
from agent.configuration.config import Config
from agent.configuration.flags import CONFIG_VARIABLE
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


def test_login_starts_with_the_configuration_that_is_in_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its list of consent and its policy must hold at the next login too."""
    pytest.importorskip("PySide6", reason="no overlay to test: install PySide6-Essentials")
    from exporter.native import qt_run
    from exporter.native.qt_app import OverlayOptions

    given: list[OverlayOptions] = []
    monkeypatch.setattr(commands, "obstacle", lambda: None)
    monkeypatch.setattr(qt_run, "run_overlay", given.append)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    file = tmp_path / "school.yaml"
    file.write_text("privacy: {policy: eu_education}")
    parse(["overlay", "--config", "school.yaml"])()
    monkeypatch.setenv(CONFIG_VARIABLE, "school.yaml")
    parse(["overlay"])()
    expected = own_command("run", "--overlay", "--background", "--config", str(file))
    assert [one.at_login for one in given] == [expected, expected]


def test_the_overlay_of_a_run_is_told_the_configuration_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []

    def no_process(command: list[str], **_: object) -> None:
        started.append(command)
        raise OSError("not started in this test")

    monkeypatch.setattr(commands, "obstacle", lambda: None)
    monkeypatch.setattr(subprocess, "Popen", no_process)
    with pytest.raises(OSError, match="not started"):
        commands.OverlayProcess(Config(), "http://127.0.0.1:1/overlay?token=t", tmp_path / "school.yaml")
    at = started[0].index("--config")
    assert started[0][at + 1] == str(tmp_path / "school.yaml")
