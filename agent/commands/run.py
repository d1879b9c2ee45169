"""``readtheroom run`` and ``demo``: read a source live and serve the feed until stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from types import FrameType

from starlette.routing import BaseRoute

from agent.analysis.gallery_log import NoGalleryLog, UnreadLog, describe_unread
from agent.analysis.idle_reader import IdleReader
from agent.analysis.overlay_mask import InpaintingReader, OverlayMask
from agent.analysis.pipeline import Analyzer
from agent.analysis.runner import Publish, Runner
from agent.commands.page_addresses import announcement, settings_of
from agent.composition.analyzer import Shared, open_analyzer
from agent.composition.bridging import bridges
from agent.composition.recording import Recording, open_audit, recording
from agent.composition.session import open_consent, open_lesson
from agent.composition.sources import open_senders, open_source, shows_video
from agent.configuration.config import Config
from agent.privacy.exclusions import Exclusions
from agent.privacy.policy import privacy_policy
from agent.sources.supervised import SupervisedSource
from agent.system.background import InstanceLock, ended_with_session, log_folder, log_to_file, session_marks
from agent.system.logs import logger
from agent.values import Box, Snapshot, SourceInfo
from exporter.access.rules import is_loopback
from exporter.browser import open_page
from exporter.protocol.client_commands import (
    CommandDispatcher,
    ExcludeCommand,
    IncludeCommand,
    MarkerCommand,
    OverlayCommand,
    PauseCommand,
    ResumeCommand,
    StopCommand,
    UnmarkCommand,
)
from exporter.protocol.messages import ModelPart
from exporter.server.feed_server import About, FeedServer
from exporter.server.whip import share_routes
from exporter.stopping import STOPPING

HANG_UP = getattr(signal, "SIGHUP", None)


def run(  # noqa: PLR0913 - what the flags ask for, all with defaults
    config: Config,
    *,
    duration: float | None = None,
    open_browser: bool = False,
    with_overlay: bool = False,
    detached: bool = False,
    config_file: Path | None = None,
) -> int:
    """Read ``source.origin`` and serve it until Ctrl-C, SIGTERM, a recording's end, or ``duration`` seconds.

    ``with_overlay`` draws the readings on the meeting's tiles, in a process that ends with this one.
    ``detached``: this is the agent in the background, at most one per user, which logs to a file.
    ``config_file`` is the file that ``config`` was read from, for the overlay to start at login with. Raises
    SourceError, PictureError, ModelError, ConfigError, OverlayError, InstanceError or FeedError when
    something cannot be opened.
    """
    started = time.monotonic()
    if with_overlay:
        # Only then load its code and the system libraries that it needs.
        from agent.commands.overlay import OverlayProcess, need_overlay

        need_overlay()
    with ExitStack() as stack:
        lock = stack.enter_context(InstanceLock()) if detached else None
        opened = _open(stack, config)
        runner, stop = _runner(stack, config, opened, started)
        marks = session_marks(os.environ) if detached else []
        # Before other processes can know of this agent, because they may ask it to end at once.
        stack.enter_context(stopped_by_signals(stop))
        stack.enter_context(ended_with_session(stop, marks))
        server = stack.enter_context(opened.server)
        _announce(config, opened, lock)
        if with_overlay:
            stack.enter_context(OverlayProcess(config, server.page("/overlay"), config_file))
        opened.record.announce()
        if open_browser:
            open_page(server.page_once("/"), "open the Dashboard address yourself")
        has_ended = runner.run(duration)
    logger.info("the recording has ended" if has_ended else "stopped")
    return 0


def _announce(config: Config, opened: _Opened, lock: InstanceLock | None) -> None:
    """Publish the pages' addresses: in the terminal and, if a lock is held, to the other commands."""
    print(announcement(opened.server.page, config.feed, shares=opened.shares), flush=True)
    if lock is not None:
        log_to_file(log_folder())
        lock.tell(opened.server.port, opened.record.path)


@dataclass(frozen=True, slots=True)
class _Opened:
    """The parts of a run; the server is not started. ``shares``: browsers and OBS may send the picture."""

    source: SupervisedSource
    analyzer: Analyzer
    server: FeedServer
    record: Recording
    dispatcher: CommandDispatcher
    shares: bool


def _open(stack: ExitStack, config: Config) -> _Opened:
    """Open all but the server; ``stack`` closes it, last first. Commands on people and lesson are handled."""
    senders = open_senders(config, local_only=is_loopback(config.feed.host.lower()))
    if senders is not None:
        stack.enter_context(senders)
    source = stack.enter_context(SupervisedSource(lambda: open_source(config, senders)))
    lesson, consent = open_lesson(config), open_consent(config)
    analyzer = stack.enter_context(
        open_analyzer(
            config,
            "live",
            compressed=shows_video(config),
            shared=Shared(lesson, consent, senders),
        )
    )
    dispatcher, audit = CommandDispatcher(), open_audit(config)
    exclusions = Exclusions(consent)
    stack.callback(exclusions.log_end)
    dispatcher.register(ExcludeCommand, lambda asked: exclusions.exclude(asked.id))
    dispatcher.register(IncludeCommand, lambda asked: consent.include(asked.id))
    dispatcher.register(MarkerCommand, lambda marker: lesson.mark(marker.text, time.time()))
    dispatcher.register(UnmarkCommand, lambda asked: lesson.unmark(asked.time.timestamp()))
    record = stack.enter_context(recording(config, source.info, analyzer.card, audit))
    routes = share_routes(senders, config.webrtc.ice_servers)
    server = open_server(config, source.info, analyzer, routes, dispatcher)
    server.hub.on_client = lambda client: audit.note("connected", **asdict(client))
    return _Opened(source, analyzer, server, record, dispatcher, shares=senders is not None)


def _runner(
    stack: ExitStack, config: Config, opened: _Opened, started: float
) -> tuple[Runner, Callable[[], None]]:
    """The runner, with the run's own commands registered, and the function that stops it."""
    mask = OverlayMask()
    send = _both(opened.record.publish, stack.enter_context(bridges(config)))
    publish = _noting_first(opened.record.with_record_status(_both(opened.server.publish, send)), started)
    is_off = config.privacy.mode == "off"
    if is_off:
        logger.info("privacy.mode is off: no picture is looked at")
    reader = IdleReader(opened.analyzer) if is_off else InpaintingReader(opened.analyzer, mask)
    runner = Runner(opened.source, reader, publish, config.analysis.hz)
    if is_off:
        runner.gallery_log = NoGalleryLog()

    def stop() -> None:
        runner.stop()
        opened.source.close()

    answer_commands(opened.dispatcher, runner, mask, stop)
    return runner, stop


def answer_commands(
    dispatcher: CommandDispatcher, runner: Runner, mask: OverlayMask, stop: Callable[[], None]
) -> None:
    """Register the handlers of the commands that concern the run itself."""
    dispatcher.register(PauseCommand, lambda _: runner.pause())
    dispatcher.register(ResumeCommand, lambda _: runner.resume())
    # A source may wait for its reader before it is closed; the server's thread must not wait.
    dispatcher.register(
        StopCommand, lambda _: threading.Thread(target=stop, name="stop", daemon=True).start()
    )
    dispatcher.register(OverlayCommand, lambda drawn: mask.put([Box(*box) for box in drawn.boxes]))


def open_server(
    config: Config,
    source: SourceInfo,
    analyzer: Analyzer,
    routes: Sequence[BaseRoute] = (),
    dispatcher: CommandDispatcher | None = None,
) -> FeedServer:
    """The feed server for one session, not yet started.

    ``routes`` are served besides the feed; ``dispatcher`` handles the clients' commands.
    """
    card, settings = analyzer.card, settings_of(config.feed)
    model = ModelPart(name=card.name, sha256=card.sha256, input=card.input.shape)
    about = About(source, model, privacy_policy(config.privacy))
    return FeedServer(
        settings, about, routes=routes, commands=None if dispatcher is None else dispatcher.dispatch
    )


def _both(first: Publish, second: Publish) -> Publish:
    def publish(snapshot: Snapshot) -> None:
        first(snapshot)
        second(snapshot)

    return publish


def _noting_first(publish: Publish, started: float) -> Publish:
    """Wrap ``publish`` to log one line when the first face has been read, or why none is after a while.

    The line gives the time since ``started``, or since the first picture if a sender had to share it.
    """
    noted, waits, since, unread = False, False, "the start", UnreadLog()

    def publish_and_note(snapshot: Snapshot) -> None:
        nonlocal noted, started, waits, since
        publish(snapshot)
        if noted:
            return
        if waits and snapshot.width:
            started, since = time.monotonic() - snapshot.age, "the first picture"
        waits = snapshot.width == 0
        if snapshot.room.read:
            noted = True
            logger.info("first reading %.1f s after %s", time.monotonic() - started, since)
        elif unread.should_log(snapshot.readings, time.monotonic()):
            logger.info("%s", describe_unread(snapshot.readings))

    return publish_and_note


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` on Ctrl-C and SIGTERM; a second signal runs the previous handler."""
    # A handler interrupts the main thread, which may hold the lock that closing a source needs, or may be
    # writing a log line: the handler may only leave a note. SimpleQueue is reentrant for this purpose.
    asked: SimpleQueue[int | None] = SimpleQueue()
    # Filled while the handlers are set: one of them may run before the last is set.
    before: dict[signal.Signals, signal.Handlers | Callable[[int, FrameType | None], object] | int] = {}

    def ask(number: int, _: FrameType | None) -> None:
        restore()
        asked.put(number)

    def restore() -> None:
        for number, old in before.items():
            signal.signal(number, old)

    def wait() -> None:
        number = asked.get()
        if number is None:
            return
        logger.info("stopping (%s)", signal.Signals(number).name)
        stop()

    # Under nohup the program ignores SIGHUP, and goes on when its terminal is closed.
    chosen = [one for one in STOPPING if one != HANG_UP or signal.getsignal(one) is not signal.SIG_IGN]
    waiting = threading.Thread(target=wait, name="stop", daemon=True)
    waiting.start()
    for number in chosen:
        old = signal.getsignal(number)
        # A handler that was not set from Python cannot be restored.
        before[number] = signal.SIG_DFL if old is None else old
        signal.signal(number, ask)
    try:
        yield
    finally:
        restore()
        asked.put(None)
        waiting.join()
