from __future__ import annotations

from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from agent.commands.page_addresses import announcement, qr_code, settings_of
from agent.configuration.config import FeedConfig
from exporter.server.feed_server import FeedServer
from tests.exporter.samples import ABOUT
from tests.program import call

EVERYWHERE = "0.0.0.0"  # noqa: S104
SQUARES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
"""The halves of a character cell that are light, on a dark terminal."""


def decoded(drawing: str) -> str:
    """What a tablet's camera reads off the terminal."""
    lines = [[SQUARES[sign] for sign in line] for line in drawing.split("\n")]
    rows = np.array(lines, np.uint8).transpose(0, 2, 1).reshape(2 * len(lines), -1)
    picture = np.kron(rows * np.uint8(255), np.ones((6, 6), np.uint8))
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    return str(text)


def page(path: str, host: str | None = None) -> str:
    return f"https://{host or 'own'}:8765{path}?token=0123456789abcdefghijklmnopqrstuv"


def test_the_qr_code_is_the_address() -> None:
    address = page("/share", "192.168.100.200")
    assert decoded(qr_code(address, "utf-8")) == address


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", None])
def test_a_terminal_without_block_characters_gets_the_address(encoding: str | None) -> None:
    assert qr_code("https://x", encoding) == "https://x"


def test_on_loopback_there_is_neither_code_nor_certificate() -> None:
    said = announcement(page, FeedConfig(), shares=True)
    assert [line.split()[0] for line in said.split("\n")] == ["Dashboard", "Overlay", "Share", "Open"]
    assert "/overlay?token=0123456789abcdefghijklmnopqrstuv  (a page for OBS)\n" in said
    assert settings_of(FeedConfig()).certificate is None
    assert "Share" not in announcement(page, FeedConfig(), shares=False)


@pytest.mark.parametrize(("shares", "first"), [(True, "Share"), (False, "Dashboard")])
def test_the_last_line_names_the_page_that_readme_begins_with(shares: bool, first: str) -> None:
    said = announcement(page, FeedConfig(), shares=shares)
    assert said.endswith(f"\nOpen the {first} address in your browser. Stop with Ctrl-C.")


def test_a_certificate_on_loopback_serves_nobody_else_and_says_so(tmp_path: Path) -> None:
    said = announcement(page, FeedConfig(self_signed=True), shares=False, folder=tmp_path)
    assert "\n127.0.0.1 is this machine only. For others use --lan, and no --host.\n" in said


def test_off_loopback_the_code_and_the_fingerprint_are_shown(tmp_path: Path) -> None:
    feed = FeedConfig(host="192.168.100.200", self_signed=True)
    said = announcement(page, feed, shares=True, folder=tmp_path)
    assert "Share      https://192.168.100.200:8765/share?token=" in said
    drawing = "\n".join(line for line in said.split("\n") if line and set(line) <= set(SQUARES))
    assert decoded(drawing) == page("/share", "192.168.100.200")
    assert "SHA-256" in said


def test_an_agent_on_all_networks_is_reached_by_its_own_names_only(tmp_path: Path) -> None:
    settings = settings_of(FeedConfig(host=EVERYWHERE, port=0, self_signed=True), tmp_path)
    assert settings.certificate is not None
    with FeedServer(settings, ABOUT) as server:
        for name in ("127.0.0.1", *settings.allowed_hosts[:1]):
            # Whether the certificate is trusted is tested with exporter.access.tls.
            assert httpx.get(server.page("/", name), verify=False).status_code == 200  # noqa: S501
        base = f"https://127.0.0.1:{server.port}/?token={server.token}"
        answer = httpx.get(base, headers={"Host": "evil.example"}, verify=False)  # noqa: S501
        assert answer.status_code == 403


def test_a_certificate_of_ones_own_comes_first(tmp_path: Path) -> None:
    feed = FeedConfig(certificate="own.pem", key="own.key", self_signed=True)
    settings = settings_of(feed, tmp_path)
    assert (settings.certificate, settings.key) == ("own.pem", "own.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--lan"], ["--tls"], ["--lan", "--host", "127.0.0.1"]])
def test_flags_ask_for_a_certificate(tmp_path: Path, arguments: list[str]) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    done = call("run", "--source", "webrtc", "--duration", "0.1", "--port", "0", *arguments, **state)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    share = next(line for line in lines if line.startswith("Share"))
    assert share.split()[1].startswith("https://")
    assert ("127.0.0.1" in share) is (arguments != ["--lan"])
    assert any("SHA-256" in line for line in lines)
    assert [path.name for path in tmp_path.rglob("self-signed.*")]
