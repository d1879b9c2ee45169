from __future__ import annotations

import subprocess
from pathlib import Path

from agent.own_command import own_command
from exporter.native import autostart


def test_a_file_of_the_users_folder_is_not_run_in_place_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "models").mkdir()
    command = own_command("--version")
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "readtheroom" in ran.stdout


def test_login_starts_the_same_program() -> None:
    assert list(autostart.COMMAND) == own_command("run", "--overlay", "--background")
