"""One sender's WebRTC session: the only module that imports aiortc."""

from __future__ import annotations

import asyncio
import bisect
import dataclasses
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import aioice.turn
import aiortc
from aiortc.codecs import CODECS
from aiortc.exceptions import OperationError
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp

from agent.errors import ConfigError, OfferError, UnfitOfferError
from agent.sources.decoding import DecodedFrame
from agent.sources.webrtc.bitrate import install_bitrate_floor
from agent.sources.webrtc.decoder_queue import DecoderQueue
from agent.sources.webrtc.jitter_buffer import PATIENCE_IF_IGNORED, JitterBuffer
from agent.sources.webrtc.sdp import Fragment
from exporter.server.ice import ice_address

H264_PROFILES = ("4d001f", "640c1f", "64001f")
"""Main, constrained high and high profile, the defaults of hardware encoders and FFmpeg. aiortc offers only
the baseline profile that it encodes, but its decoder is FFmpeg's and handles them all."""

aioice.turn.UDP_SOCKET_BUFFER_SIZE = 2 << 20
"""Bytes of receive buffer requested for each socket; aioice's default is 256 kB. OBS sends a key frame of 200
packets at once, and nobody takes them while the analysis holds the GIL."""

IceServers = list[aiortc.RTCIceServer]

CIPHERS = ":".join(
    f"ECDHE-{key}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "CHACHA20-POLY1305", "AES128-SHA", "AES256-SHA")
    for key in ("ECDSA", "RSA")
)
"""TLS ciphers. aiortc has only those for ECDSA (RFC 8827 6.5), but GStreamer's certificate is RSA."""

BAD_CERTIFICATE = (
    "the encryption could not be agreed on (an FFmpeg built with GnuTLS makes a certificate on the curve "
    "P-224, which WebRTC does not have: give it one on P-256 with -cert_file and -key_file)"
)
"""RFC 8827 6.5 requires P-256. OpenSSL 4 cannot allow P-224 on either side of the handshake."""


def _take_all_of_h264() -> None:
    known = {codec.parameters.get("profile-level-id") for codec in CODECS["video"]}
    model = next(codec for codec in CODECS["video"] if codec.mimeType == "video/H264")
    for profile in H264_PROFILES:
        if profile not in known:
            parameters = {**model.parameters, "profile-level-id": profile}
            free = max(codec.payloadType or 0 for codec in CODECS["video"]) + 1
            CODECS["video"].append(dataclasses.replace(model, payloadType=free, parameters=parameters))


_take_all_of_h264()


class Certificate(aiortc.RTCCertificate):
    """A certificate like aiortc's, for handshakes with senders that have an RSA certificate too."""

    def _create_ssl_context(self, srtp_profiles: list[Any]) -> Any:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_cipher_list(CIPHERS.encode())
        return context


class SenderSession:
    """One sender: its peer connection and the time of its last sign of life. Runs on one event loop.

    ``skipped`` is called, from any thread, for each frame that there was no time to decode.
    """

    def __init__(
        self, number: int, time: float, ice_servers: IceServers, skipped: Callable[[], None]
    ) -> None:
        self.number = number
        self.id = secrets.token_urlsafe(16)
        self.tag = secrets.token_hex(4)
        self.opened = time
        self.last_frame: float | None = None
        self.heard: float | None = None
        """Time when encoded frames last came, decodable or not."""
        self._begun = time
        self._counted, self._told = 0, False
        self.camera = False
        # Without this list aiortc would ask a public STUN server.
        self.peer = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=ice_servers))
        # Unlike browsers, aiortc has no parameter for certificates.
        vars(self.peer)["_RTCPeerConnection__certificates"] = [Certificate.generateCertificate()]
        self.receiver: Any = None
        self._jitter = JitterBuffer()
        self._decoder_queue = DecoderQueue(self._ask_for_key_frame, skipped)
        self.reading: asyncio.Task[None] | None = None

    async def answer(self, offer: str) -> str:
        """The SDP answer that accepts the one video of the offer and nothing else.

        Raises OfferError and UnfitOfferError.
        """
        _check_offer(offer)
        try:
            await self.peer.setRemoteDescription(aiortc.RTCSessionDescription(offer, "offer"))
            self._choose_video()
            await self.peer.setLocalDescription(await self.peer.createAnswer())
        except UnfitOfferError:
            raise
        except OperationError:
            raise UnfitOfferError(
                "there is no codec in common: VP8, or H264 with packetization-mode=1, is needed"
            ) from None
        except Exception as error:
            # aiortc reports problems of an offer as all kinds of exceptions, including AssertionError.
            raise OfferError(f"the offer cannot be answered: {_words(error)}") from None
        return str(self.peer.localDescription.sdp)

    def _choose_video(self) -> None:
        for transceiver in self.peer.getTransceivers():
            wanted = transceiver.kind == "video" and self.receiver is None and transceiver.receiver.track
            if wanted:
                self.receiver = transceiver.receiver
                self.receiver._RTCRtpReceiver__jitter_buffer = self._jitter
                # The decoder's thread gets this queue when the first packets come.
                self.receiver._RTCRtpReceiver__decoder_queue = self._decoder_queue
                install_bitrate_floor(self.receiver)
            transceiver.direction = "recvonly" if wanted else "inactive"
        if self.receiver is None:
            raise UnfitOfferError("the offer sends no video: its video section must be sendonly or sendrecv")

    async def trickle(self, fragment: Fragment) -> None:
        """Add candidates that came after the offer.

        Raises UnfitOfferError for another user name or password, which is an ICE restart (RFC 9725 4.3.3),
        and OfferError for a candidate that cannot be read. The session continues in both cases.
        """
        remote = self.peer.remoteDescription.sdp.split("\r\n")
        if not all(line in remote for line in fragment.credentials):
            raise UnfitOfferError("ICE restarts are not supported: end this session and send a new offer")
        for text in fragment.candidates:
            try:
                candidate = candidate_from_sdp(text.removeprefix("candidate:"))
                candidate.sdpMid, candidate.sdpMLineIndex = fragment.mid, 0
                await self.peer.addIceCandidate(candidate)
            except (ValueError, AssertionError, IndexError):
                raise OfferError(f"a candidate cannot be read: {text[:80]!r}") from None

    def listen(self, time: float) -> None:
        """Note at ``time`` whether more encoded frames have come, and from what kind of sender."""
        if self._decoder_queue.arrived > self._counted:
            if self.heard is None:
                self._begun = time
            self.heard, self._counted = time, self._decoder_queue.arrived
        if self._decoder_queue.ignores_key_frame_requests:
            self._jitter.patience = PATIENCE_IF_IGNORED

    def begins_late(self, time: float, patience: float) -> bool:
        """Whether frames have come for ``patience`` seconds, but no picture; true only once."""
        waits = self.heard is not None and self.last_frame is None and time - self._begun >= patience
        self._told, before = self._told or waits, self._told
        return waits and not before

    async def next_frame(self) -> DecodedFrame | None:
        """The next decoded frame; None once the sender has ended."""
        try:
            frame: DecodedFrame = await self.receiver.track.recv()
        except MediaStreamError:
            return None
        return frame

    @property
    def over(self) -> str | None:
        """Why the connection has ended, or None."""
        state = self.peer.connectionState
        if state == "closed":
            return "the sender is gone"
        if state != "failed":
            return None
        return BAD_CERTIFICATE if self.receiver.transport.state == "failed" else "the connection failed"

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever the connection's state changes."""
        self.peer.on("connectionstatechange", changed)

    async def close(self) -> None:
        """Tell the sender, and release everything."""
        await self.peer.close()

    def _ask_for_key_frame(self) -> None:
        # aiortc sends a picture loss indication (RFC 4585) after a decoder error.
        self.receiver._RTCRtpReceiver__decoder_error.set()


def _check_offer(offer: str) -> None:
    """Raise UnfitOfferError for an offer without a decodable video, OfferError for a malformed one."""
    try:
        media = aiortc.sdp.SessionDescription.parse(offer).media
        videos = [one for one in media if one.kind == "video" and one.port != 0]
        offered = {codec.mimeType.lower() for one in videos for codec in one.rtp.codecs}
        sent = sum(one.direction in {None, "sendonly", "sendrecv"} for one in videos)
    except Exception:
        line = _first_bad_line(offer)
        raise OfferError(f"the offer cannot be read as SDP: {line[:80]!r} is wrong there") from None
    # aiortc notices only later that these are missing, in a task that nobody awaits.
    if not all(_is_whole(one) for one in media):
        raise OfferError("the offer cannot be answered: it lacks a=fingerprint, a=ice-ufrag or a=ice-pwd")
    if not videos:
        raise UnfitOfferError("the offer holds no video: share a window, a screen or a camera")
    if sent > 1:
        # RFC 9725 4.4.2 requires the refusal: nobody knows which video is meant.
        raise UnfitOfferError(f"the offer sends {sent} videos, but only one can be read: send one")
    if not offered & {"video/vp8", "video/h264"}:
        names = ", ".join(sorted(name.removeprefix("video/").upper() for name in offered)) or "none"
        raise UnfitOfferError(f"there is no codec in common: VP8 or H264 is needed, the offer has {names}")


def _first_bad_line(offer: str) -> str:
    """The first line that aiortc cannot read: its own error messages are Python's."""
    lines = offer.splitlines()

    def is_bad(count: int) -> bool:
        try:
            aiortc.sdp.SessionDescription.parse("\r\n".join(lines[:count]) + "\r\n")
        except Exception:
            return True
        return False

    # By bisection: an offer may have thousands of lines.
    number = bisect.bisect_left(range(1, len(lines) + 1), True, key=is_bad)
    return lines[min(number, len(lines) - 1)]


def _is_whole(media: Any) -> bool:
    if media.dtls is None or media.ice is None:
        return False
    return bool(media.dtls.fingerprints and media.ice.usernameFragment and media.ice.password)


def ice_servers_of(addresses: Sequence[str]) -> IceServers:
    """ICE servers from addresses such as ``stun:host:3478`` or ``turn:user:password@host``.

    Raises ConfigError for a malformed one.
    """
    servers = []
    for address in addresses:
        parts = ice_address(address)
        server = aiortc.RTCIceServer(parts.url, parts.user or None, parts.password or None)
        try:
            aiortc.RTCIceGatherer(iceServers=[server])
        except ValueError:
            raise ConfigError(
                f"webrtc.ice_servers has {parts.url!r}, but an address is like "
                "'stun:host:3478' or 'turn:user:password@host:3478'"
            ) from None
        servers.append(server)
    return servers


def _words(error: BaseException) -> str:
    """aiortc's message about an offer; a general one if the message is Python's."""
    is_told = isinstance(error, ValueError) or type(error).__module__.startswith("aiortc")
    return str(error) if is_told and str(error) else "a part of it is not valid WebRTC"
