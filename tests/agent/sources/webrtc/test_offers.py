"""Offers over real WebRTC: what is accepted of them, and what is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiortc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from agent.errors import (
    ConfigError,
    NoSessionError,
    OfferError,
    UnfitOfferError,
)
from agent.sources.webrtc.sessions import Senders
from agent.sources.webrtc.source import WebRTCSource
from exporter.server.ice import is_ice_server
from tests.agent.sources.webrtc.sharing import (
    RED,
    frame_like,
    play,
)
from tests.peers import Sender, coloured
from tests.waiting import until_async


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


def test_an_offer_without_a_direction_sends() -> None:
    async def work() -> None:
        with Senders() as senders:
            async with Sender(coloured(*RED), "VP8") as sender:
                offer = replaced(await sender.offer(), "a=sendonly\r\n", "")
                answer = await senders.open(offer)
        assert "a=recvonly" in answer.sdp

    play(work())


def test_h264_in_one_packet_per_slice_is_refused_with_what_is_needed() -> None:
    async def work() -> None:
        with Senders() as senders:
            async with Sender(coloured(*RED), "H264") as sender:
                offer = replaced(await sender.offer(), "packetization-mode=1", "packetization-mode=0")
                with pytest.raises(UnfitOfferError, match="packetization-mode=1"):
                    await senders.open(offer)

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


@pytest.mark.parametrize("address", ["example.org", "http://stun", "stun:", "turn:user@"])
def test_malformed_ice_servers_are_named(address: str) -> None:
    assert not is_ice_server(address), "the configuration is refused for the same"
    with pytest.raises(ConfigError, match=r"webrtc\.ice_servers"):
        Senders(ice_servers=[address])


def test_ice_servers_with_and_without_a_login_are_taken() -> None:
    servers = ["stun:192.0.2.9:3478", "turn:user:secret@192.0.2.9:3478", "turns:h?transport=tcp", "stuns:h"]
    assert all(is_ice_server(server) for server in servers)
    Senders(ice_servers=servers).close()
