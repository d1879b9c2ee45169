"""Starting at login: an XDG autostart entry, a value of Windows' Run key, or a macOS launch agent."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAME = "readtheroom"
LABEL = "org.readtheroom.agent"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


def desktop_entry(command: Sequence[str]) -> str:
    """The text of an XDG autostart entry."""
    line = " ".join(map(_quoted, command))
    return (
        "[Desktop Entry]\nType=Application\nName=Read the Room\n"
        "Comment=Reads the expressions in a meeting's gallery view\n"
        f"Exec={line}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    )


def _quoted(argument: str) -> str:
    """An argument of an Exec line, quoted as in the Desktop Entry Specification."""
    for special in '\\"`$':
        argument = argument.replace(special, f"\\{special}")
    # A percent sign begins a field code. A backslash is escaped a second time, as in all values of the file.
    escaped = argument.replace("%", "%%").replace("\\", r"\\").replace("\n", r"\n")
    return f'"{escaped}"'


def launch_agent(command: Sequence[str]) -> bytes:
    """The property list of a macOS launch agent."""
    return plistlib.dumps({"Label": LABEL, "ProgramArguments": list(command), "RunAtLoad": True})


def entry_path(platform: str, home: Path, config: str | None) -> Path:
    """The file that starts the agent at login; ``config`` is XDG_CONFIG_HOME."""
    if platform == "darwin":
        return home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    return (Path(config) if config else home / ".config") / "autostart" / f"{NAME}.desktop"


def is_on() -> bool:
    """Whether the agent starts at login."""
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
            try:
                winreg.QueryValueEx(key, NAME)
            except FileNotFoundError:
                return False
            return True
    return _path().exists()


def turn(on: bool, command: Sequence[str]) -> None:
    """Switch the start at login with this command on or off.

    Raises OSError if the system refuses.
    """
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY, 0, winreg.KEY_SET_VALUE) as key:
            if on:
                winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, subprocess.list2cmdline(command))
            else:
                winreg.DeleteValue(key, NAME)
        return
    path = _path()
    if not on:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    content = launch_agent(command) if sys.platform == "darwin" else desktop_entry(command).encode()
    path.write_bytes(content)


def _path() -> Path:
    return entry_path(sys.platform, Path.home(), os.environ.get("XDG_CONFIG_HOME"))
