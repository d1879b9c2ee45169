"""Starting at login: what the system is told to start is what it starts."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.native.autostart import desktop_entry, launch_agent

ODD = ["/opt/a b/python", 'say "hi"', "100 %", "$HOME", "`id`", "back\\slash", "C:\\new", "a'b", "new\nline"]


def exec_line(entry: str) -> str:
    """The value of ``Exec`` as the Desktop Entry Specification has a program read it."""
    (line,) = (one for one in entry.splitlines() if one.startswith("Exec="))
    letters = iter(line.removeprefix("Exec="))
    meant = {"n": "\n", "\\": "\\"}
    return "".join(meant[next(letters)] if one == "\\" else one for one in letters)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("odd", ODD)
def test_each_argument_arrives_as_it_is(odd: str) -> None:
    line = exec_line(desktop_entry([odd, "-m", odd]))
    assert line.count("%") == 2 * line.count("%%")
    # Between double quotes a shell takes a backslash as the specification does.
    shell = shutil.which("sh") or "sh"
    told = f"printf '%s\\0' {line.replace('%%', '%')}"
    said = subprocess.run([shell, "-c", told], capture_output=True, check=True, timeout=30)
    assert said.stdout.decode().split("\0")[:-1] == [odd, "-m", odd]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), min_size=1))
def test_whatever_is_started_it_is_one_line_of_quoted_arguments(command: list[str]) -> None:
    line = exec_line(desktop_entry(command))
    assert line[0] == line[-1] == '"'
    assert len(desktop_entry(command).split("\n")) == len(desktop_entry(["x"]).split("\n"))


def test_macos_takes_the_command_as_it_is() -> None:
    assert plistlib.loads(launch_agent(ODD))["ProgramArguments"] == ODD
