"""A foreign sender: FFmpeg's WHIP muxer, over HTTP, ICE, DTLS and SRTP that are not aiortc's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import pytest
from av._core import library_meta

from agent.sources.webrtc.sessions import Senders
from agent.sources.webrtc.source import WebRTCSource
from exporter.access.tls import KeptCertificate, kept_certificate
from exporter.server.feed_server import FeedServer
from tests.ffmpeg_sender import RED, SIZE
from tests.paths import ROOT
from tests.peers import mean_colour, pull

BUILD = library_meta["libavformat"]["configuration"]

pytestmark = pytest.mark.skipif("whip" not in av.formats_available, reason="this FFmpeg has no WHIP muxer")


@pytest.fixture
def kept(tmp_path: Path) -> KeptCertificate:
    """A certificate on the curve P-256."""
    return kept_certificate(["ffmpeg"], tmp_path)


def ffmpeg(
    server: FeedServer, seconds: float, *options: str, token: str = "", profile: str = "baseline"
) -> subprocess.Popen[str]:
    address = f"http://127.0.0.1:{server.port}/whip"
    arguments = [address, token or server.token, str(seconds), profile, *options]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ffmpeg_sender", *arguments], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.parametrize(
    ("profile", "role"), [("baseline", []), ("high", ["whip_flags=dtls_active"])], ids=["passive", "active"]
)
def test_ffmpeg_sends_with_a_certificate_on_the_curve_of_webrtc(
    server: FeedServer, senders: Senders, kept: KeptCertificate, profile: str, role: list[str]
) -> None:
    options = [f"cert_file={kept.certificate}", f"key_file={kept.key}", *role]
    with ffmpeg(server, 2, *options, profile=profile) as sender, WebRTCSource(senders) as source:
        frame = pull(source.frames())
        _, error = sender.communicate(timeout=60)
    assert (frame.width, frame.height) == SIZE
    assert mean_colour(frame.pixels) == pytest.approx(RED, abs=16)
    assert sender.returncode == 0, error
    assert senders.sessions == 0
    assert senders.parting == "the sender stopped sharing"


@pytest.mark.skipif("gnutls" not in BUILD, reason="only GnuTLS makes that certificate")
def test_ffmpeg_with_its_own_certificate_is_told_what_to_do(
    server: FeedServer, senders: Senders, caplog: pytest.LogCaptureFixture
) -> None:
    """GnuTLS makes it on P-224, which OpenSSL refuses in a handshake: this is what users must get to know.

    If this fails because FFmpeg got through, FFmpeg or OpenSSL was mended: README's hint can go.
    """
    with caplog.at_level("INFO", logger="readtheroom"), ffmpeg(server, 1) as sender:
        sender.communicate(timeout=60)
    assert sender.returncode != 0
    assert any("P-224" in line and "-cert_file" in line for line in caplog.messages)
    assert senders.sessions == 0


def test_ffmpeg_with_a_wrong_token_is_refused(server: FeedServer, senders: Senders) -> None:
    with ffmpeg(server, 1, token="0123456789abcdef") as sender:  # noqa: S106 - no secret
        sender.communicate(timeout=60)
    assert sender.returncode != 0
    assert senders.parting == "no sender yet"
