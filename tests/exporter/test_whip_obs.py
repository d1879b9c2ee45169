"""A sender as OBS is one (30.2, its WHIP output over libdatachannel): what it offers, asks and expects.

OBS itself was run by hand. Its offer holds sound before the picture, the fingerprint once for both, and no
candidate: it sends no PATCH, and is first heard of by its connectivity checks. Of an answer other than 201 it
shows no text.
"""

from __future__ import annotations

import asyncio
import re

import aiortc
import httpx
import pytest
from aiortc.sdp import SessionDescription

from agent.sources.webrtc.sessions import Senders
from agent.sources.webrtc.source import WebRTCSource
from exporter.server.feed_server import FeedServer
from tests.peers import NO_SERVERS, PictureTrack, coloured, mean_colour, pull

RED = (200, 40, 40)
ONCE = "a=fingerprint:sha-256"
OFFER = f"""v=0
o=rtc 1234567890 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=group:LS 0 1
a=msid-semantic:WMS *
a=ice-options:ice2 trickle
{ONCE} {":".join(["AB"] * 32)}
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=ssrc:4000 cname:obs
a=ssrc:4000 msid:stream stream-audio
a=msid:stream stream-audio
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
a=setup:actpass
a=ice-ufrag:user
a=ice-pwd:password-of-the-sender
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:1
a=sendonly
a=ssrc:4001 cname:obs
a=ssrc:4001 msid:stream stream-video
a=msid:stream stream-video
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
a=setup:actpass
a=ice-ufrag:user
a=ice-pwd:password-of-the-sender
"""


def ask(server: FeedServer, method: str, path: str, body: str = "", token: str = "") -> httpx.Response:
    headers = {
        "Content-Type": "application/sdp",
        "Authorization": f"Bearer {token or server.token}",
        "User-Agent": "Mozilla/5.0 (OBS-Studio/30.2.3; Linux x86_64; en-US)",
    }
    return httpx.request(method, f"http://127.0.0.1:{server.port}{path}", headers=headers, content=body)


def test_the_offer_of_obs_is_answered_as_obs_needs_it(server: FeedServer, senders: Senders) -> None:
    answer = ask(server, "POST", "/whip", OFFER)
    # The body is all it reads, and the place must be a path, to which it adds the endpoint's host.
    assert (answer.status_code, answer.text[:3]) == (201, "v=0")
    assert re.fullmatch(r"/whip/[\w-]+", answer.headers["Location"])
    assert "Link" not in answer.headers
    sound, picture = SessionDescription.parse(answer.text).media
    assert (sound.rtp.muxId, sound.direction) == ("0", "inactive")
    assert (picture.rtp.muxId, picture.direction) == ("1", "recvonly")
    assert [codec.payloadType for codec in picture.rtp.codecs] == [96]
    assert picture.dtls is not None
    assert picture.dtls.role == "client"
    assert picture.ice_candidates
    # It warns of every other status when the stream ends.
    assert ask(server, "DELETE", answer.headers["Location"]).status_code == 200
    assert senders.sessions == 0


def test_a_picture_with_sound_before_it_arrives_without_a_candidate(senders: Senders) -> None:
    async def work() -> None:
        peer = aiortc.RTCPeerConnection(NO_SERVERS)
        peer.addTransceiver(aiortc.AudioStreamTrack(), "sendonly")
        picture = peer.addTransceiver(PictureTrack(coloured(*RED)), "sendonly")
        able = aiortc.RTCRtpSender.getCapabilities("video").codecs
        picture.setCodecPreferences([one for one in able if one.mimeType == "video/H264"])
        await peer.setLocalDescription(await peer.createOffer())
        offer = re.sub("a=(candidate|end-of-candidates|fingerprint).*\r\n", "", peer.localDescription.sdp)
        fingerprint = next(line for line in peer.localDescription.sdp.split("\r\n") if line.startswith(ONCE))
        answer = await senders.open(offer.replace("m=audio", f"{fingerprint}\r\nm=audio", 1))
        await peer.setRemoteDescription(aiortc.RTCSessionDescription(answer.sdp, "answer"))
        with WebRTCSource(senders) as source:
            frame = await asyncio.to_thread(pull, source.frames())
            assert mean_colour(frame.pixels) == pytest.approx(RED, abs=16)
        await peer.close()

    asyncio.run(work())


def test_the_log_tells_once_what_obs_does_not_show(
    server: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    other = OFFER.replace("H264/90000", "AV1/90000")
    with caplog.at_level("WARNING", logger="readtheroom"):
        for _ in range(3):
            assert ask(server, "POST", "/whip", OFFER, token="x" * 20).status_code == 401
            assert ask(server, "POST", "/whip", other).status_code == 422
    token, codec = [line for line in caplog.messages if "a sender was refused" in line]
    assert "Bearer Token" in token
    assert "VP8 or H264 is needed, the offer has AV1" in codec
