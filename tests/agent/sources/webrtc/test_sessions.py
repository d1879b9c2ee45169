"""Senders over real WebRTC: two aiortc peers on this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiortc
import numpy as np
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from agent.errors import (
    BusyError,
    ConfigError,
    EndedSessionError,
    NoSessionError,
    OfferError,
    SourceError,
    SourceLostError,
    UnfitOfferError,
)
from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import Frame, Pixels, SenderAnswer
from exporter.server.ice import is_ice_server
from tests.peers import Sender, coloured, mean_colour, pull
from tests.waiting import until_async

RED, GREEN, BLUE = (200, 40, 40), (40, 200, 40), (40, 40, 200)


@asynccontextmanager
async def sending(senders: Senders, colour: tuple[int, int, int], codec: str = "VP8") -> AsyncIterator[Any]:
    """A sender that was answered, and the answer it had."""
    async with Sender(coloured(*colour), codec) as sender:
        answer = await senders.open(await sender.offer())
        await sender.take(answer.sdp)
        yield sender, answer


class Clock:
    """The real clock, which a test sets ahead rather than wait."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def noisy(colour: tuple[int, int, int]) -> Pixels:
    """A picture of many packets a frame."""
    noise = np.random.default_rng(1).integers(-12, 13, (360, 640, 3))
    return (coloured(*colour, (640, 360)) + noise).clip(0, 255).astype(np.uint8)


async def next_frame(source: WebRTCSource) -> Frame:
    frame = await asyncio.to_thread(pull, source.frames())
    assert isinstance(frame, Frame)
    return frame


async def frame_like(source: WebRTCSource, colour: tuple[int, int, int], width: int = 320) -> Frame:
    """The first frame that has this colour and width."""
    for _ in range(400):
        frame = await next_frame(source)
        if frame.width == width and mean_colour(frame.pixels) == pytest.approx(colour, abs=16):
            return frame
    raise AssertionError(f"no frame {width} wide of {colour} came")


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_picture_arrives(codec: str) -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            assert (source.info.kind, source.info.width) == ("webrtc", 0)
            async with sending(senders, RED, codec):
                frame = await frame_like(source, RED)
                assert (source.info.width, source.info.height) == (320, 180)
                assert frame.time > 0
                assert senders.sending

    play(work())


class RSACertificate(aiortc.RTCCertificate):
    """A certificate as GStreamer makes it (gstdtlscertificate.c): an RSA key of 2048 bits."""

    @classmethod
    def generateCertificate(cls) -> RSACertificate:  # noqa: N802 - aiortc's name
        key: Any = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sender")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    def _create_ssl_context(self, srtp_profiles: list[Any]) -> Any:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_cipher_list(b"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256")
        return context


def test_a_sender_with_an_rsa_certificate_is_taken() -> None:
    """GStreamer has one, and leaves the handshake's beginning to us: a server of RSA needs RSA's ciphers."""

    async def work() -> None:
        with Senders() as senders:
            async with Sender(coloured(*RED)) as sender:
                transport = sender.peer.getTransceivers()[0].sender.transport
                transport._RTCDtlsTransport__local_certificate = RSACertificate.generateCertificate()
                answer = await senders.open(await sender.offer())
                assert "a=setup:active" in answer.sdp
                await sender.take(answer.sdp)
                await until_async(lambda: senders.sending, "the picture comes")

    play(work())


def test_a_camera_is_told_from_a_screen() -> None:
    async def work() -> None:
        with Senders() as senders:
            assert senders.camera is None
            async with Sender(coloured(*RED)) as sender:
                answer = await senders.open(await sender.offer(), camera=True)
                assert senders.camera is None
                await sender.take(answer.sdp)
                await until_async(lambda: senders.sending, "the picture comes")
                assert senders.camera is not None
            async with sending(senders, GREEN):
                await until_async(lambda: senders.sending and senders.camera is None, "a screen takes over")

    play(work())


def test_size_and_orientation_may_change_in_mid_stream() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with sending(senders, RED) as (sender, _):
                await frame_like(source, RED)
                for size in ((640, 360), (180, 320), (322, 182)):
                    sender.track.picture = coloured(*BLUE, size)
                    frame = await frame_like(source, BLUE, size[0])
                    assert frame.height == size[1]

    play(work())


def test_the_newest_frame_wins_and_the_rest_is_counted() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with sending(senders, RED) as (sender, _):
                await frame_like(source, RED)
                before = source.dropped
                # The worker is busy while some twenty frames come; the picture changes meanwhile.
                await until_async(lambda: source.dropped >= before + 20, "frames are dropped")
                sender.track.picture = coloured(*GREEN)
                dropped = source.dropped
                await until_async(lambda: source.dropped >= dropped + 10, "more frames are dropped")
                assert mean_colour((await next_frame(source)).pixels) == pytest.approx(GREEN, abs=16)
                with WebRTCSource(senders) as later:
                    assert later.dropped < source.dropped

    play(work())


def test_the_newest_sender_wins_and_the_older_one_is_told() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with sending(senders, RED) as (old, first):
                await frame_like(source, RED)
                async with sending(senders, GREEN):
                    await frame_like(source, GREEN)
                    await until_async(
                        lambda: old.peer.connectionState == "closed", "the older connection closes"
                    )
                    with pytest.raises(EndedSessionError, match="another sender took over"):
                        await senders.end(first.session)
                    assert senders.sessions == 1
                    for _ in range(5):
                        frame = await next_frame(source)
                        assert mean_colour(frame.pixels) == pytest.approx(GREEN, abs=16)

    play(work())


def test_a_sender_that_never_connects_disturbs_nobody_and_is_given_up() -> None:
    async def work() -> None:
        clock = Clock()
        with (
            Senders(SenderLimits(connect_timeout=20.0), clock=clock) as senders,
            WebRTCSource(senders) as source,
        ):
            async with sending(senders, RED):
                await frame_like(source, RED)
                async with Sender(coloured(*GREEN)) as silent:
                    answer = await senders.open(await silent.offer())
                    assert senders.sessions == 2
                    clock.ahead = 20.0
                    await until_async(lambda: senders.sessions == 1, "the silent one is given up")
                    with pytest.raises(EndedSessionError, match="no picture came within 20 seconds"):
                        await senders.end(answer.session)
                await frame_like(source, RED)

    play(work())


def test_a_sender_like_obs_is_read_from_its_next_key_frame_on(caplog: pytest.LogCaptureFixture) -> None:
    """It encodes before it is connected, so that its first key frame is lost, and makes none when asked."""

    async def work() -> None:
        clock = Clock()
        with Senders(clock=clock) as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(*RED), "H264") as sender:
                encoder = sender.peer.getSenders()[0]
                encoder._send_keyframe = lambda: None
                sender.worsen(lambda number, data: [] if number <= 3 else [data])
                answer = await senders.open(await sender.offer())
                await sender.take(answer.sdp)
                session = senders._sessions[answer.session]
                await until_async(lambda: session.heard is not None, "frames come")
                clock.ahead = 20.0
                await until_async(lambda: "key frame" in caplog.text, "the log says what is waited for")
                assert senders.sessions == 1
                assert not senders.sending
                encoder._RTCRtpSender__force_keyframe = True
                await frame_like(source, RED)

    with caplog.at_level("INFO", logger="readtheroom"):
        play(work())


@pytest.mark.parametrize("way", ["ends its session", "closes", "falls silent"])
def test_a_sender_that_goes_away_is_told_of_and_the_next_is_read(way: str) -> None:
    async def work() -> None:
        clock = Clock()
        with (
            Senders(SenderLimits(idle_timeout=60.0), clock=clock) as senders,
            WebRTCSource(senders) as source,
        ):
            async with sending(senders, RED) as (sender, answer):
                await frame_like(source, RED)
                if way == "ends its session":
                    await senders.end(answer.session)
                elif way == "closes":
                    await sender.peer.close()
                else:
                    sender.track.paused = True
                    await asyncio.sleep(0.5)
                    clock.ahead = 60.0
                with pytest.raises(SourceLostError, match="share again"):
                    await asyncio.to_thread(list, source.frames())
            # The supervisor opens the source anew; the senders stay.
            with WebRTCSource(senders) as again:
                assert await asyncio.to_thread(next, again.frames()) is None
                async with sending(senders, GREEN):
                    await frame_like(again, GREEN)
                    assert again.dropped < 100

    play(work())


def test_more_senders_than_allowed_are_refused_until_one_leaves() -> None:
    async def work() -> None:
        with Senders(SenderLimits(sessions=2)) as senders:
            offers = [Sender(coloured(*RED)) for _ in range(3)]
            answers: list[SenderAnswer] = [await senders.open(await one.offer()) for one in offers[:2]]
            offer = await offers[2].offer()
            for _ in range(20):
                with pytest.raises(BusyError, match="2 senders already"):
                    await senders.open(offer)
            await senders.end(answers[0].session)
            await senders.open(offer)
            for one in offers:
                await one.peer.close()

    play(work())


def replaced(offer: str, old: str, new: str) -> str:
    assert old in offer
    return offer.replace(old, new)


@pytest.mark.parametrize(
    ("spoil", "error", "named"),
    [
        (lambda offer: "hello", OfferError, "v=0"),
        (lambda offer: offer[: len(offer) // 2], OfferError, "cannot be"),
        (lambda offer: replaced(offer, "a=fingerprint", "a=nothing"), OfferError, "cannot be answered"),
        (lambda offer: replaced(offer, "a=ice-pwd", "a=nothing"), OfferError, "cannot be answered"),
        (
            lambda offer: replaced(offer, "a=rtpmap:97 VP8/90000", "a=fmtp:97 x=1"),
            OfferError,
            "'a=fmtp:97 x=1' is wrong",
        ),
        (
            lambda offer: replaced(offer, "SAVPF 97", "SAVPF 999"),
            OfferError,
            "'m=video .*SAVPF 999.*' is wrong",
        ),
        (
            lambda offer: replaced(offer, "setup:actpass", "setup:holdconn"),
            OfferError,
            "'a=setup:holdconn' is",
        ),
        (lambda offer: replaced(offer, "t=0 0", "m=video"), OfferError, "'m=video' is wrong"),
        (lambda offer: replaced(offer, "m=video", "m=audio"), UnfitOfferError, "no video"),
        (lambda offer: replaced(offer, "VP8", "VP9"), UnfitOfferError, "no codec in common.*VP9"),
        (lambda offer: replaced(offer, "a=sendonly", "a=recvonly"), UnfitOfferError, "sends no video"),
        (lambda offer: offer + offer[offer.index("m=") :], UnfitOfferError, "sends 2 videos"),
    ],
)
def test_a_bad_offer_is_refused_by_name_and_leaves_nothing(
    spoil: Any, error: type[Exception], named: str
) -> None:
    async def work() -> None:
        with Senders() as senders:
            async with Sender(coloured(*RED), "VP8") as sender:
                offer = await sender.offer()
                with pytest.raises(error, match=named):
                    await senders.open(spoil(offer))
                assert senders.sessions == 0

    play(work())


def test_h264_in_one_packet_per_slice_is_refused_with_what_is_needed() -> None:
    async def work() -> None:
        with Senders() as senders:
            async with Sender(coloured(*RED), "H264") as sender:
                offer = replaced(await sender.offer(), "packetization-mode=1", "packetization-mode=0")
                with pytest.raises(UnfitOfferError, match="packetization-mode=1"):
                    await senders.open(offer)

    play(work())


def test_a_whole_key_frame_finds_room_while_nobody_takes_its_packets() -> None:
    """OBS sends it at once; as much room is asked for as the system allows."""

    async def work() -> None:
        with Senders() as senders, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as model:
            model.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 << 20)
            async with sending(senders, RED) as (_, answer):
                ice = senders._sessions[answer.session].receiver.transport.transport._connection
                assert ice._protocols
                for protocol in ice._protocols:
                    room = protocol.transport.get_extra_info("socket")
                    size = room.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
                    assert size == model.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    play(work())


def test_sound_is_left_out_and_the_picture_comes() -> None:
    """OBS and cameras always offer sound as well."""

    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(*RED)) as sender:
                sender.peer.addTrack(aiortc.AudioStreamTrack())
                answer = await senders.open(await sender.offer())
                sections = answer.sdp.split("m=")
                assert "a=inactive" in next(one for one in sections if one.startswith("audio"))
                assert "a=recvonly" in next(one for one in sections if one.startswith("video"))
                await sender.take(answer.sdp)
                await frame_like(source, RED)

    play(work())


class Lossy:
    """Every twelfth packet is lost."""

    def __call__(self, number: int, packet: bytes) -> list[bytes]:
        return [] if number % 12 == 0 else [packet]


class Reordered:
    """Packets go out in pairs, the later one first, and every seventh twice."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def __call__(self, number: int, packet: bytes) -> list[bytes]:
        self._held.insert(0, packet)
        if len(self._held) < 2:
            return []
        sent, self._held = self._held, []
        return sent + sent[:1] if number % 7 == 0 else sent


class Stalled:
    """The network holds everything back for a while, then lets only new packets through."""

    def __call__(self, number: int, packet: bytes) -> list[bytes]:
        return [] if number < 40 else [packet]


@pytest.mark.parametrize("network", [Lossy, Reordered, Stalled])
def test_a_bad_network_does_not_end_the_picture(network: type[Any]) -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(*RED, (640, 360)), "VP8") as sender:
                answer = await senders.open(await sender.offer())
                await sender.take(answer.sdp)
                await frame_like(source, RED, 640)
                sender.worsen(network())
                for colour in (GREEN, BLUE):
                    sender.track.picture = noisy(colour)
                    await frame_like(source, colour, 640)
                assert senders.sessions == 1

    play(work())


def test_candidates_may_come_after_the_offer() -> None:
    async def work() -> None:
        with Senders() as senders, WebRTCSource(senders) as source:
            async with Sender(coloured(*RED), "VP8") as sender:
                whole = await sender.offer()
                lines = whole.split("\r\n")
                candidates = [line for line in lines if line.startswith("a=candidate")]
                names = [line for line in lines if line.startswith("a=ice-ufrag")]
                answer = await senders.open("\r\n".join(line for line in lines if line not in candidates))
                late = "\r\n".join([*names, "m=video 9 UDP/TLS/RTP/SAVPF 97", "a=mid:0", *candidates, ""])
                assert await senders.tag(answer.session) == answer.tag
                with pytest.raises(UnfitOfferError, match="restart"):
                    await senders.trickle(answer.session, "a=ice-ufrag:new1\r\na=ice-pwd:x\r\n")
                for asked in (senders.tag("nobody"), senders.trickle("nobody", late)):
                    with pytest.raises(NoSessionError):
                        await asked
                await senders.trickle(answer.session, late)
                await sender.take(answer.sdp)
                await frame_like(source, RED)

    play(work())


def test_a_remote_sender_is_not_contacted_unless_asked_for() -> None:
    """On loopback the agent sends nothing to addresses of other machines, whatever an offer names."""

    async def named(senders: Senders) -> bool:
        async with Sender(coloured(*RED)) as sender:
            offer = await sender.offer()
            far = "a=candidate:9 1 udp 2130706431 198.51.100.7 40000 typ host\r\n"
            answer = await senders.open(offer + far)
            session = senders._sessions[answer.session]
            return "198.51.100.7" in session.peer.remoteDescription.sdp

    async def work() -> None:
        with Senders() as near, Senders(local_only=False) as open_to_all:
            assert not await named(near)
            assert await named(open_to_all)

    play(work())


def own_threads() -> int:
    """Threads but those of asyncio's pool, which grows to a bound of its own by need and stays."""
    return sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())


def test_connecting_and_leaving_many_times_leaves_nothing_behind() -> None:
    async def cycle(senders: Senders, number: int) -> None:
        async with sending(senders, RED) as (sender, answer):
            await until_async(lambda: senders.sending, "the picture comes")
            if number % 2:
                await senders.end(answer.session)
            else:
                await sender.peer.close()
            await until_async(lambda: senders.sessions == 0, "the session ends")

    async def work() -> None:
        process = psutil.Process()
        with Senders() as senders:
            for number in range(3):
                await cycle(senders, number)
            await asyncio.sleep(0.1)
            files, threads = process.num_fds(), own_threads()
            tasks = len(asyncio.all_tasks(senders._loop))
            for number in range(20):
                await cycle(senders, number)
            await until_async(lambda: process.num_fds() <= files, "files are closed")
            await until_async(lambda: own_threads() <= threads, "threads end")
            await until_async(lambda: len(asyncio.all_tasks(senders._loop)) <= tasks, "tasks end")

    play(work())


def test_closing_ends_everything_and_may_be_done_twice() -> None:
    async def work() -> None:
        before = own_threads()
        senders = Senders()
        async with sending(senders, RED) as (sender, _):
            await until_async(lambda: senders.sending, "the picture comes")
            await asyncio.to_thread(senders.close)
            senders.close()
            await until_async(lambda: sender.peer.connectionState == "closed", "the sender is told")
            with pytest.raises(BusyError, match="stopping"):
                await senders.open("v=0")
        await until_async(lambda: own_threads() <= before, "threads end")

    play(work())


def test_a_loop_that_starts_too_late_is_said_and_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    serve, begin = Senders._serve, threading.Event()

    async def late(senders: Senders, ready: threading.Event) -> None:
        await asyncio.to_thread(begin.wait)
        await serve(senders, ready)

    monkeypatch.setattr(Senders, "_serve", late)
    monkeypatch.setattr("agent.sources.webrtc.sessions.START_TIMEOUT", 0.05)
    before = own_threads()
    with pytest.raises(SourceError, match=r"did not start within 0\.05 s"):
        Senders()
    begin.set()
    asyncio.run(until_async(lambda: own_threads() <= before, "the thread ends"))


@pytest.mark.parametrize("address", ["example.org", "http://stun", "stun:", "turn:user@"])
def test_malformed_ice_servers_are_named(address: str) -> None:
    assert not is_ice_server(address), "the configuration is refused for the same"
    with pytest.raises(ConfigError, match=r"webrtc\.ice_servers"):
        Senders(ice_servers=[address])


def test_ice_servers_with_and_without_a_login_are_taken() -> None:
    servers = ["stun:192.0.2.9:3478", "turn:user:secret@192.0.2.9:3478", "turns:h?transport=tcp", "stuns:h"]
    assert all(is_ice_server(server) for server in servers)
    Senders(ice_servers=servers).close()


@pytest.mark.parametrize(
    ("now", "heard", "last_frame", "named"),
    [
        (4.9, None, None, None),
        (5.0, None, None, "within 5 seconds"),
        (100.0, 91.0, 91.0, None),
        (100.0, 90.0, 90.0, "for 10 seconds"),
        # OBS: frames come, none of them a key frame. A picture that has begun gets as much time.
        (59.0, 58.9, None, None),
        (60.0, 59.9, None, "key frame"),
        (100.0, 99.9, 41.0, None),
        (100.0, 99.9, 40.0, "key frame"),
    ],
)
def test_who_is_overdue(now: float, heard: float | None, last_frame: float | None, named: str | None) -> None:
    reason = SenderLimits(connect_timeout=5.0, idle_timeout=10.0).overdue(now, 0.0, heard, last_frame)
    assert reason is None if named is None else named in str(reason)
