"""``readtheroom overlay`` and ``run --overlay``: the readings drawn on the tiles of the meeting itself."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Self, TextIO
from urllib.parse import urlencode, urlsplit

from agent.configuration.config import Config, OverlayConfig
from agent.errors import FeedError, OverlayError
from agent.system.logs import logger
from agent.system.own_command import own_command
from exporter.access.one_time_tokens import opened_once
from exporter.access.token import ConnectionInfo, connection_file
from exporter.browser import PATIENCE, open_page
from exporter.native.feed_client import AgentLocator, connection_info_of, page_of
from exporter.native.obstacles import NO_COMPOSITOR, Obstacle, find_obstacle, no_answer, uses_x11
from exporter.native.shortcut import parse_shortcut
from exporter.native.x11 import has_compositor

FROM_STDIN = "-"
"""Address argument that means: read the address from standard input, and end when that is closed."""

AT_LOGIN = ("run", "--overlay", "--background")
"""Arguments started at login, if the teacher chose that in the overlay's menu."""

LEAVE_GRACE = 3.0
"""Maximum seconds for an overlay to end by itself."""


def overlay(config: Config, address: str | None = None, config_file: Path | None = None) -> int:
    """Draw the overlay until it is quit; if it cannot be drawn, open the overlay page in the browser.

    ``address`` is one that the agent printed; without it the agent is looked for on ``feed.port``. Raises
    OverlayError when neither is possible, ConfigError for a wrong shortcut, FeedError for an invalid address.
    """
    shortcut = parse_shortcut(config.overlay.shortcut)
    owner, fixed = _owner(address)
    where = _locator(fixed, config)
    stopped_by = obstacle()
    if stopped_by is not None:
        fall_back(stopped_by, where, config.overlay).join(PATIENCE)
        return 0
    from exporter.native.qt_app import OverlayOptions
    from exporter.native.qt_run import run_overlay

    style, animations = config.overlay.style, config.overlay.animations
    at_login = command_at_login(config_file)
    return run_overlay(OverlayOptions(where, at_login, style, animations, shortcut, owner))


def command_at_login(config_file: Path | None) -> list[str]:
    """The command that starts the agent at login, with the configuration file that is in use now.

    Without it the agent would read those whom the file's ``consent.list`` or ``privacy.policy`` protects.
    """
    given = () if config_file is None else ("--config", str(config_file.absolute()))
    return own_command(*AT_LOGIN, *given)


def obstacle() -> Obstacle | None:
    """Why the overlay cannot be drawn here, or None when it can."""
    if importlib.util.find_spec("PySide6") is None:
        remedy = 'pip install ".[overlay]" in the program\'s folder'
        return Obstacle("the overlay needs PySide6", remedy, has_other_way=False)
    found = find_obstacle(sys.platform, os.environ, _loads)
    if found is not None or not uses_x11(sys.platform, os.environ):
        return found
    try:
        return None if has_compositor() else NO_COMPOSITOR
    except OSError:
        return no_answer(os.environ.get("DISPLAY", ""))


def need_overlay() -> None:
    """Raise OverlayError, before anything is opened, if neither an overlay nor its page can be shown."""
    stopped_by = obstacle()
    if stopped_by is not None and not stopped_by.has_other_way:
        raise OverlayError(f"{stopped_by.reason}, or leave out --overlay")


def fall_back(stopped_by: Obstacle, where: AgentLocator, given: OverlayConfig) -> threading.Thread:
    """Open the overlay page in a thread, in place of the overlay. Raises OverlayError if it is no way out."""
    if not stopped_by.has_other_way:
        raise OverlayError(stopped_by.reason)
    try:
        info = where.locate()
    except FeedError as error:
        raise OverlayError(f"{stopped_by.reason} ({error})") from None
    return open_overlay_page(stopped_by, info, given)


def open_overlay_page(stopped_by: Obstacle, info: ConnectionInfo, given: OverlayConfig) -> threading.Thread:
    """Print why the overlay is a page, and open that page in a thread with the configured look."""
    logger.warning("%s", stopped_by.reason)
    options = {"style": given.style, "animations": str(given.animations).lower()}
    page = f"{page_of(info, '/overlay')}&{urlencode(options)}"
    print(f"Overlay    {page}", flush=True)
    return open_page(opened_once(page, info), "open the Overlay address yourself")


class OverlayProcess:
    """An overlay in a process of its own, which ends when its standard input is closed, so with this one.

    If the overlay cannot be drawn it opens as a page. Raises OverlayError when neither is possible. An
    overlay that ends by itself, at once or later, is told of in one line.
    """

    def __init__(self, config: Config, page: str, config_file: Path | None = None) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        stopped_by = obstacle()
        if stopped_by is not None:
            fall_back(stopped_by, _locator(connection_info_of(page), config), config.overlay)
            return
        # In a session of its own Ctrl-C does not reach it: it would end first, while it starts with a
        # traceback, and be missed.
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            _command(config, config_file), stdin=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        # Through the pipe, because every user of the machine can read a command line. If the overlay has
        # ended already, _watch tells so.
        with suppress(BrokenPipeError):
            self._stdin(self._process).write(f"{page}\n".encode())
        threading.Thread(target=self._watch, args=(self._process,), name="overlay", daemon=True).start()

    def close(self) -> None:
        """End the process; idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        self._stdin(process).close()
        try:
            process.wait(LEAVE_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Log when the overlay ends by itself: nobody sees that nothing is drawn any more."""
        code = process.wait()
        if code and self._process is process:
            logger.warning("the overlay ended with exit code %d; the agent goes on without it", code)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
        if process.stdin is None:
            raise OverlayError("the overlay was started without a pipe to its standard input")
        return process.stdin


def _command(config: Config, config_file: Path | None) -> list[str]:
    given = config.overlay
    animations = "--animations" if given.animations else "--no-animations"
    # The overlay's menu switches the start at login on, with the same file.
    file = () if config_file is None else ("--config", str(config_file.absolute()))
    return own_command(
        *("overlay", *file, "--address", FROM_STDIN),
        *("--style", given.style, animations, "--shortcut", given.shortcut),
        *("--log-level", config.log.level),
    )


def _owner(address: str | None) -> tuple[TextIO | None, ConnectionInfo | None]:
    if address is None:
        return None, None
    if address == FROM_STDIN:
        return sys.stdin, connection_info_of(sys.stdin.readline().strip())
    return None, connection_info_of(address)


def _locator(fixed: ConnectionInfo | None, config: Config) -> AgentLocator:
    """Where to look for the agent; unlike an address, its connection file holds the certificate to trust."""
    port = None if fixed is None else urlsplit(fixed.feed).port
    return AgentLocator(connection_file(config.feed.port if port is None else port), fixed)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
