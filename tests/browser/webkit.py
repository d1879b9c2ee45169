"""Drives WebKitGTK, the engine of Safari, by WebDriver (W3C): Debian's webkit2gtk-driver under Xvfb."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.paths import absent
from tests.screen.conftest import served
from tests.waiting import PATIENCE, until

DRIVER = shutil.which("WebKitWebDriver")
WINDOWS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
"""The browser window that comes with the engine."""

CHEAP = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1", "NO_AT_BRIDGE": "1"}
"""Without them each step of a page is drawn by an emulated graphics card."""


class WebKit:
    """One window of a WebKitGTK that runs."""

    def __init__(self, port: int) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        options = {"binary": str(WINDOWS[0]), "args": ["--automation"]}
        wanted = {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}
        self._place = "/session"
        begun = self.ask("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._place = f"/session/{begun['sessionId']}"

    def ask(self, method: str, command: str, given: dict[str, Any] | None = None) -> Any:
        """The value of one command of WebDriver."""
        body = None if method != "POST" else json.dumps(given or {})
        self._line.request(method, self._place + command, body, {"Content-Type": "application/json"})
        answer = self._line.getresponse()
        value = json.loads(answer.read())["value"]
        assert answer.status == 200, value
        return value

    def open(self, address: str) -> None:
        """Load a page and wait for it."""
        self.ask("POST", "/url", {"url": address})

    def tell(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self.ask("POST", "/execute/sync", {"script": f"return {script}", "args": []})

    def until(self, condition: str) -> None:
        """Wait for an expression in the page to become true."""
        until(lambda: self.tell(f"Boolean({condition})") is True, condition)

    def close(self) -> None:
        """End the window."""
        self.ask("DELETE", "")
        self._line.close()


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """A WebKitGTK on a display of its own; ``folder`` is empty.

    Skips the test where none is installed, and on CI fails it.
    """
    if DRIVER is None or not WINDOWS or shutil.which("Xvfb") is None:
        absent("there is no WebKitGTK to test with: install webkit2gtk-driver and xvfb")
    with ExitStack() as stack:
        display = stack.enter_context(served(folder))
        port = _free_port()
        environment = {**os.environ, **CHEAP, "DISPLAY": display.name, "XDG_CONFIG_HOME": str(folder)}
        (folder / "gtk-3.0").mkdir()
        (folder / "gtk-3.0" / "settings.ini").write_text("[Settings]\ngtk-enable-animations=false\n")
        driver = stack.enter_context(_process([DRIVER, f"--port={port}"], env=environment))
        _wait_for(driver, port)
        window = WebKit(port)
        stack.callback(window.close)
        yield window


@contextmanager
def _process(command: list[str], **given: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **given)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


def _wait_for(driver: subprocess.Popen[bytes], port: int) -> None:
    def listens() -> bool:
        assert driver.poll() is None, "WebKitWebDriver ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    until(listens, "WebKitWebDriver listens")
