"""Checks whether an overlay can be drawn in this desktop session; if not, says why and what works. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

BROWSER = "the overlay page in the browser, or in OBS, works here"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why no overlay can be drawn, and what to do; ``has_other_way``: the overlay page can replace it."""

    problem: str
    remedy: str
    has_other_way: bool

    @property
    def reason(self) -> str:
        """Problem and remedy in one line."""
        return f"{self.problem}: {self.remedy}"


NO_COMPOSITOR = Obstacle(
    "this desktop has no compositor, so the overlay's window would hide the meeting",
    BROWSER,
    has_other_way=True,
)
WAYLAND = Obstacle(
    "this is a Wayland session, where no program may draw over another's window", BROWSER, has_other_way=True
)
NO_DISPLAY = Obstacle(
    "there is no display (DISPLAY is not set)", "start this in a desktop session", has_other_way=False
)

X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""System libraries of Qt's X11 plugin, with their Debian packages; without them Qt ends the program."""


def is_wayland(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether this is a Wayland session, where no program may draw over other windows or grab the screen."""
    is_told = environment.get("XDG_SESSION_TYPE") == "wayland" or bool(environment.get("WAYLAND_DISPLAY"))
    return is_told and platform.startswith("linux")


def find_obstacle(
    platform: str, environment: Mapping[str, str], loads: Callable[[str], bool]
) -> Obstacle | None:
    """Why no overlay can be drawn; None if it can.

    ``platform`` is ``sys.platform``; ``loads`` tells whether a shared library can be loaded.
    """
    if not platform.startswith("linux"):
        return None
    plugin = _plugin(platform, environment)
    if plugin.startswith("wayland") or (plugin == "xcb" and is_wayland(platform, environment)):
        return WAYLAND
    if plugin != "xcb":
        return None
    if not environment.get("DISPLAY"):
        return NO_DISPLAY
    missing = [package for library, package in X11_LIBRARIES.items() if not loads(library)]
    if missing:
        packages = " ".join(dict.fromkeys(missing))
        return Obstacle(
            "Qt lacks system libraries",
            f"install them (Debian, Ubuntu: apt install {packages})",
            has_other_way=False,
        )
    return None


def uses_x11(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether Qt will use an X server."""
    return platform.startswith("linux") and _plugin(platform, environment) == "xcb"


def no_answer(display: str) -> Obstacle:
    """The obstacle for a DISPLAY that does not answer."""
    return Obstacle(
        f"the display {display!r} (DISPLAY) does not answer",
        "start this in the desktop session itself",
        has_other_way=False,
    )


def missing_plugin(platform: str, environment: Mapping[str, str], files: Iterable[str]) -> Obstacle | None:
    """The obstacle if Qt's platform plugin is not among its plugin ``files``; else None.

    Checked here because Qt would end the whole program. ``platform`` is ``sys.platform``.
    """
    wanted, chosen = _plugin(platform, environment), environment.get("QT_QPA_PLATFORM")
    if any(Path(file).stem.removeprefix("lib") == f"q{wanted}" for file in files):
        return None
    if chosen:
        return Obstacle(
            f"QT_QPA_PLATFORM is {chosen!r}, and Qt has no such plugin here", "unset it", has_other_way=False
        )
    return Obstacle(
        f"Qt's platform plugin {wanted!r} is missing",
        "install it again (pip install --force-reinstall PySide6-Essentials)",
        has_other_way=False,
    )


def _plugin(platform: str, environment: Mapping[str, str]) -> str:
    """The name of the platform plugin that Qt will load; ``QT_QPA_PLATFORM`` may list several."""
    chosen = environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    return chosen or {"win32": "windows", "darwin": "cocoa"}.get(platform, "xcb")
