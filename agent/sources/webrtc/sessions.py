"""The senders that share a picture by WebRTC.

The sessions run on an event loop in a thread of its own. Each session's frames are received without a pause,
because aiortc's queues have no bound (a reader at 5 frames a second of a 30 fps stream was 3.2 s behind after
4 s). Only the newest frame is kept, not converted to RGB, until the worker takes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import ifaddr

from agent.errors import BusyError, EndedSessionError, NoSessionError, SourceError
from agent.sources.base import TICK
from agent.sources.decoding import DecodedFrame
from agent.sources.latest_frame import LatestFrame
from agent.sources.webrtc.sdp import Allows, Fragment, cleaned
from agent.sources.webrtc.session import SenderSession, ice_servers_of
from agent.system.logs import logger
from agent.values import SenderAnswer

START_TIMEOUT = 10.0
CLOSE_TIMEOUT = 5.0
KEY_FRAME_TIMEOUT = 60.0
"""Maximum seconds in which frames come but none can be decoded. OBS ignores key frame requests and sends a
key frame every 250 frames: half a minute at 8 frames a second."""
LONG_START = 3.0
"""Seconds without a picture after which the log says what is missing."""
REMEMBERED = 64
"""Number of ended sessions that can still be asked why they ended."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """Maximum number of senders at once, and of seconds until frames come and between them.

    ``connect_timeout`` is from the offer to the first encoded frame, ``idle_timeout`` from one frame to the
    next.
    """

    sessions: int = 4
    connect_timeout: float = 15.0
    idle_timeout: float = 30.0

    def overdue(
        self, time: float, opened: float, heard: float | None, last_frame: float | None
    ) -> str | None:
        """Why a session must end at ``time``, or None; all times in seconds of one clock.

        ``heard`` is the time of the last encoded frame, ``last_frame`` of the last decoded one.
        """
        if heard is None:
            late = time - opened >= self.connect_timeout
            return f"no picture came within {self.connect_timeout:g} seconds" if late else None
        if time - heard >= self.idle_timeout:
            return f"no picture came for {self.idle_timeout:g} seconds"
        undecoded = time - (opened if last_frame is None else last_frame)
        if undecoded >= max(KEY_FRAME_TIMEOUT, self.connect_timeout, self.idle_timeout):
            return f"no key frame came for {undecoded:.0f} seconds: have the sender make one each second"
        return None


class Senders:
    """All senders' sessions; the newest sender of a picture is the active one, whose frames reach ``latest``.

    ``local_only`` allows only senders on this machine. Methods may be called from any thread or event loop.
    Raises ConfigError for malformed ``ice_servers``, and SourceError when the thread does not start in time.
    """

    def __init__(
        self,
        limits: SenderLimits | None = None,
        *,
        ice_servers: Sequence[str] = (),
        local_only: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.latest: LatestFrame[tuple[DecodedFrame, float, float]] = LatestFrame()
        self.parting = "no sender yet"
        """Why the last session that sent a picture ended."""
        self._limits = limits or SenderLimits()
        self._ice_servers = ice_servers_of(ice_servers)
        self._local_only, self._clock = local_only, clock
        self._sessions: dict[str, SenderSession] = {}
        self._ended: OrderedDict[str, str] = OrderedDict()
        self._active: SenderSession | None = None
        self._leaving: set[asyncio.Future[None]] = set()
        self._number = 0
        self._loop, self._stop = asyncio.new_event_loop(), asyncio.Event()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="webrtc", daemon=True)
        self._thread.start()
        if not ready.wait(START_TIMEOUT):
            # The thread may still start, and must then end at once.
            self._loop.call_soon_threadsafe(self._stop.set)
            raise SourceError(
                f"receiving from a browser or OBS did not start within {START_TIMEOUT:g} s: is this machine "
                "busy? Try again"
            )

    @property
    def sending(self) -> bool:
        """Whether a sender's picture is coming in."""
        return self._active is not None

    @property
    def sessions(self) -> int:
        """Number of open sessions, connected or not."""
        return len(self._sessions)

    @property
    def camera(self) -> int | None:
        """The number of the sender whose present picture was declared as a camera's; otherwise None."""
        active = self._active
        return active.number if active is not None and active.camera else None

    async def open(self, offer: str, camera: bool = False) -> SenderAnswer:
        """Start a session from an SDP offer. It becomes the active one once its first picture has come.

        ``camera``: a camera takes the picture, not a screen. Raises BusyError, OfferError or UnfitOfferError.
        """
        return await self._there(self._open(offer, camera))

    async def tag(self, session: str) -> str:
        """The tag of a session's ICE state. Raises NoSessionError or EndedSessionError."""
        return await self._there(self._tag(session))

    async def trickle(self, session: str, fragment: str) -> None:
        """Add the candidates of a trickle-ice-sdpfrag to a session.

        Raises NoSessionError, EndedSessionError, UnfitOfferError (an ICE restart) or OfferError.
        """
        await self._there(self._trickle(session, fragment))

    async def end(self, session: str) -> None:
        """End a session. Raises NoSessionError or EndedSessionError."""
        await self._there(self._end_named(session))

    def close(self) -> None:
        """End all sessions and the thread; idempotent."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self.latest.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the sessions' own loop."""
        if self._stop.is_set():
            work.close()
            raise BusyError("the agent is stopping")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def _run(self, ready: threading.Event) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        ready.set()
        while not self._stop.is_set():
            for session in self._sessions.values():
                self._watch(session, self._clock())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), TICK)
        for session in self._sessions.values():
            self._soon(self._end(session, "the agent stopped"))
        while self._leaving:
            await asyncio.wait(self._leaving)

    def _watch(self, session: SenderSession, now: float) -> None:
        session.listen(now)
        reason = self._limits.overdue(now, session.opened, session.heard, session.last_frame)
        if reason is not None:
            self._soon(self._end(session, reason))
        elif session.begins_late(now, LONG_START):
            logger.info(
                "a sender's picture begins with its next key frame: in OBS, a Keyframe Interval of 1 s "
                "makes that soon"
            )

    async def _open(self, offer: str, camera: bool) -> SenderAnswer:
        if len(self._sessions) >= self._limits.sessions:
            raise BusyError(
                f"there are {len(self._sessions)} senders already, and more than {self._limits.sessions} are "
                "not allowed: end one, or try again in a few seconds (webrtc.sessions sets the limit)"
            )
        text = cleaned(offer, self._allows())
        self._number += 1
        session = SenderSession(self._number, self._clock(), self._ice_servers, self.latest.pass_over)
        session.camera = camera
        self._sessions[session.id] = session
        try:
            answer = await session.answer(text)
        except BaseException:
            await self._end(session, "its offer could not be answered")
            raise
        session.on_change(lambda: self._connection_changed(session))
        session.reading = asyncio.create_task(self._read(session))
        return SenderAnswer(session.id, session.tag, answer)

    async def _tag(self, name: str) -> str:
        return self._named(name).tag

    async def _trickle(self, name: str, text: str) -> None:
        session = self._named(name)
        await session.trickle(Fragment(text, self._allows()))

    async def _end_named(self, name: str) -> None:
        await self._end(self._named(name), "the sender stopped sharing")

    def _named(self, name: str) -> SenderSession:
        session = self._sessions.get(name)
        if session is not None:
            return session
        if name in self._ended:
            raise EndedSessionError(f"this session has ended: {self._ended[name]}")
        raise NoSessionError("there is no such session")

    async def _read(self, session: SenderSession) -> None:
        """Receive a session's frames as fast as they come, as long as it is the newest that sends."""
        while (frame := await session.next_frame()) is not None:
            session.last_frame = self._clock()
            if session is not self._active and not self._takes_over(session, frame):
                return
            self.latest.put((frame, session.last_frame, time.time()))
        self._soon(self._end(session, "the sender is gone"))

    def _takes_over(self, session: SenderSession, frame: DecodedFrame) -> bool:
        """Make a session with its first frame the active one, unless a newer one is active."""
        before = self._active
        if before is not None and before.number > session.number:
            self._soon(self._end(session, "a newer sender took over"))
            return False
        self._active = session
        logger.info("a sender shares a picture of %dx%d", frame.width, frame.height)
        if before is not None:
            self._soon(self._end(before, "another sender took over"))
        return True

    def _connection_changed(self, session: SenderSession) -> None:
        reason = session.over
        if reason is not None:
            self._soon(self._end(session, reason))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        # The loop keeps only weak references to tasks.
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _end(self, session: SenderSession, reason: str) -> None:
        if self._sessions.pop(session.id, None) is None:
            return
        self._ended[session.id] = reason
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        if session is self._active:
            self._active, self.parting = None, reason
        logger.info("a sender's session ended: %s", reason)
        if session.reading is not None and session.reading is not asyncio.current_task():
            session.reading.cancel()
        try:
            await asyncio.wait_for(session.close(), CLOSE_TIMEOUT)
        except Exception as error:
            logger.warning("a sender's session did not end cleanly: %s", str(error) or type(error).__name__)

    def _allows(self) -> Allows:
        if not self._local_only:
            return lambda address: True
        own = own_addresses()
        return lambda address: address in own


def own_addresses() -> frozenset[str]:
    """The IP addresses of this machine, including loopback."""
    found = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips)
    return frozenset(ip if isinstance(ip, str) else ip[0] for ip in found)
