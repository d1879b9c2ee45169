"""Drives a real Firefox by WebDriver BiDi (W3C), which it speaks by itself: no driver program is needed."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.paths import absent
from tests.waiting import PATIENCE, until

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

PREFERENCES = {
    # A made-up camera, and nobody who would have to allow its use.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    # Nothing is asked of the network.
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One window of a Firefox that runs."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._number = line, 0
        self.errors: list[str] = []
        """What the pages' scripts and the browser complained of."""
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self._context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **given: Any) -> dict[str, Any]:
        """The result of one command of WebDriver BiDi."""
        self._number += 1
        self._line.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while True:
            answer: dict[str, Any] = json.loads(self._line.recv(timeout=PATIENCE))
            if answer.get("id") == self._number:
                break
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.errors.append(answer["params"]["text"])
        assert answer["type"] == "success", answer
        result: dict[str, Any] = answer["result"]
        return result

    def size(self, width: int, height: int) -> None:
        """Make the window's inside this large."""
        inside = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=self._context, viewport=inside)

    def open(self, address: str) -> None:
        """Load a page and wait for it."""
        self.ask("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def tell(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        result = self.ask(
            "script.evaluate",
            expression=script,
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        assert result["type"] == "success", result
        return result["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait for an expression in the page to become true."""
        until(lambda: self.tell(f"Boolean({condition})") is True, condition)

    def screenshot(self) -> bytes:
        """The window's inside as PNG."""
        shot = self.ask("browsingContext.captureScreenshot", context=self._context)
        return base64.b64decode(shot["data"])


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A headless Firefox with a made-up camera, ended at the end; ``profile`` is an empty folder.

    Skips the test where none is installed, which on CI is a failure.
    """
    if FIREFOX is None:
        absent("there is no Firefox on this machine: install firefox-esr")
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    process = subprocess.Popen(
        [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"{_address(process)}/session"
        with connect(address, proxy=None, max_size=None, open_timeout=PATIENCE) as line:
            yield Firefox(line)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        if process.stderr is not None:
            process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Where it listens, which it says on stderr."""
    assert process.stderr is not None
    for line in process.stderr:
        if "WebDriver BiDi listening on" in line:
            return line.split()[-1]
    raise AssertionError("Firefox ended early")
