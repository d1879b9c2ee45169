"""The overlay application: connects the feed, the scene and the windows."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

import msgspec
from PySide6.QtCore import QObject, QPointF, QTimer, Signal
from PySide6.QtWidgets import QApplication

from exporter.access.one_time_tokens import opened_once
from exporter.access.token import ConnectionInfo
from exporter.browser import open_page
from exporter.native import autostart
from exporter.native.exclusion import keep_out_of_captures
from exporter.native.feed_client import AgentLocator, Closed, FeedClient, FeedEvent, Opened, page_of
from exporter.native.gauge import FACE_COSTS, AvoidedRegions, ValenceTrend, content_of, regions_of, time_of
from exporter.native.geometry import Rect
from exporter.native.memory import load_memory, memory_path, save_memory
from exporter.native.qt_gauge import Gauge
from exporter.native.qt_hotkey import Hotkey
from exporter.native.qt_pick import PickWindow
from exporter.native.qt_probe import Probe
from exporter.native.qt_tray import Actions, Tray
from exporter.native.qt_welcome import Welcome
from exporter.native.qt_window import OverlayWindow, monitors
from exporter.native.scene import OverlayScene, Style
from exporter.native.shortcut import Shortcut
from exporter.native.state import STATUS_TEXTS, OverlayHealth
from exporter.protocol.client_commands import (
    MOST_BOXES,
    ClientCommand,
    ExcludeCommand,
    IncludeCommand,
    MarkerCommand,
    OverlayCommand,
    PauseCommand,
    ResumeCommand,
    StopCommand,
)
from exporter.protocol.messages import HelloMessage, RoomMessage

logger = logging.getLogger("readtheroom")

ANIMATION_MS = 33
TICK_MS = 200
"""Milliseconds between two checks while nothing moves: for stale readings, for windows above the overlay."""


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """The options of an overlay.

    ``at_login`` is the command with which the system starts the agent at login, if the teacher switches that
    on. ``owner`` is a stream that ends with the agent that started this overlay; None without such an agent.
    """

    where: AgentLocator
    at_login: Sequence[str]
    style: Style = "chips"
    animations: bool = True
    shortcut: Shortcut | None = None
    owner: TextIO | None = None


class _Bridge(QObject):
    """Passes events from other threads to Qt's thread."""

    arrived = Signal(object)
    ended = Signal()


class Overlay:
    """All windows of the overlay, and their updates. Needs a QApplication; ``close`` is idempotent."""

    def __init__(self, options: OverlayOptions) -> None:
        self._options = options
        self._scene = OverlayScene(options.style, animations=options.animations)
        self._trend = ValenceTrend()
        self._connection_info: ConnectionInfo | None = None
        self._path = memory_path()
        self._memory = load_memory(self._path)
        self._sent: tuple[tuple[int, int, int, int], ...] | None = None
        self._pick: PickWindow | None = None
        self._welcome: Welcome | None = None
        self._canvas = OverlayWindow()
        self._gauge = Gauge(self._memory.gauge, self._remember_gauge)
        self._hotkey = None if options.shortcut is None else Hotkey(options.shortcut, self._toggle)
        self._tray = Tray(self._actions(), self._shortcut_name, starts_at_login=autostart.is_on())
        self._gauge.set_menu(self._tray.menu)
        self._probe = Probe(self._canvas, self._probed)
        self._keep_out()
        self._bridge = _Bridge()
        self._bridge.arrived.connect(self._take)
        self._bridge.ended.connect(QApplication.quit)
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._client = FeedClient(options.where, self._bridge.arrived.emit)

    @property
    def _shortcut_name(self) -> str:
        return str(self._options.shortcut) if self._hotkey is not None and self._hotkey.is_on else ""

    @property
    def _introduction(self) -> Rect | None:
        """The first-run page's rectangle on the desktop; None while it is closed."""
        return None if self._welcome is None else self._welcome.rect_on_screen

    def start(self) -> None:
        """Begin to follow the feed and to draw."""
        if self._options.shortcut is not None and not self._shortcut_name:
            logger.warning("the shortcut %s is not available here: use the menu", self._options.shortcut)
        if self._options.owner is not None:
            threading.Thread(
                target=self._wait_for, args=(self._options.owner,), name="owner", daemon=True
            ).start()
        self._gauge.show()
        if not self._memory.is_introduced:
            self._introduce()
        self._timer.start(TICK_MS)
        self._client.start()

    def close(self) -> None:
        """Close all windows and the connection."""
        self._timer.stop()
        self._client.close()
        if self._hotkey is not None:
            self._hotkey.close()
        self._tray.close()
        for window in (self._canvas, self._gauge, self._pick, self._welcome):
            if window is not None:
                window.close()

    def _actions(self) -> Actions:
        return Actions(
            pause=self._pause,
            pick=self._start_picking,
            mark=lambda: self._ask(MarkerCommand(text="")),
            hide=self._toggle,
            dashboard=self._open_dashboard,
            introduce=self._introduce,
            autostart=self._turn_autostart,
            quit=self._quit,
        )

    def _take(self, event: FeedEvent) -> None:
        """Handle an event of the feed."""
        connection, now = self._scene.connection, time.monotonic()
        if isinstance(event, Opened):
            connection.opened()
            self._connection_info, self._sent = event.info, None
        elif isinstance(event, Closed):
            before = connection.refused or connection.unknown
            connection.closed(refused=event.is_refused, unknown=event.is_unknown)
            if not before and (connection.refused or connection.unknown):
                logger.warning("the overlay cannot follow the agent: %s", event.reason)
        elif isinstance(event, RoomMessage):
            self._scene.receive(event, monitors(points=sys.platform == "darwin"), now)
            self._trend.add(time_of(event), event.room.valence)
            content = content_of(event, self._trend, inferred=connection.inferred)
            self._gauge.show_content(content, STATUS_TEXTS[connection.health(now)])
            if self._scene.map is not None:
                self._keep_off(regions_of(event, self._scene.map))
            self._report(now)
        if isinstance(event, HelloMessage):
            connection.kind, connection.inferred = event.source.kind, event.privacy.policy == "none"
            connection.tells_tiles = event.privacy.mode == "tiles"
        else:
            self._tick()

    def _keep_off(self, tiles: AvoidedRegions) -> None:
        """Move our windows to where they cover the tiles least, and not each other."""
        if self._welcome is not None:
            self._welcome.keep_off(tiles, [(self._gauge.rect_on_screen, FACE_COSTS)])
        introduction = self._introduction
        beside = [] if introduction is None else [(introduction, FACE_COSTS)]
        self._gauge.keep_off([*tiles, *beside])

    def _look(self) -> None:
        """Update after some time without a message."""
        self._report(time.monotonic())
        self._tick()

    def _tick(self) -> None:
        """Draw the current picture, and set the time of the next update."""
        now = time.monotonic()
        self._scene.under = self._in_window(self._introduction)
        picture, health = self._scene.picture(now), self._scene.connection.health(now)
        self._canvas.show_picture(picture)
        self._gauge.show_mark(STATUS_TEXTS[health])
        self._gauge.setVisible(not self._scene.is_hidden)
        can_pick = picture.window is not None and self._scene.connection.tells_tiles
        self._tray.show_state(health, hidden=self._scene.is_hidden, can_pick=can_pick)
        if picture.window is not None and not picture.is_moving:
            self._probe.run_once()
        wanted = ANIMATION_MS if picture.is_moving else TICK_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)
        if not picture.is_moving:
            self._raise()

    def _raise(self) -> None:
        """Raise our windows again: on X11, windows that are shown later would cover them."""
        for window in (self._canvas, self._gauge):
            if window.isVisible():
                window.raise_()

    def _report(self, now: float) -> None:
        """Tell the agent what is drawn over its picture, if captures show it and the agent takes boxes."""
        if self._scene.map is None or self._probe.is_excluded or not self._scene.connection.tells_tiles:
            return
        gauge = None if self._scene.is_hidden else self._gauge.rect_on_screen
        others = [self._in_window(one) for one in (gauge, self._introduction)]
        boxes = self._scene.covered([one for one in others if one is not None], now)
        if boxes != self._sent and self._client.send(OverlayCommand(boxes=boxes[:MOST_BOXES])):
            self._sent = boxes

    def _in_window(self, rect: Rect | None) -> Rect | None:
        """A rectangle of the desktop in coordinates of the overlay's window; None without a frame map."""
        frame = self._scene.map
        return None if rect is None or frame is None else rect.shifted(-frame.left, -frame.top)

    def _keep_out(self) -> None:
        taken = [keep_out_of_captures(int(window.winId())) for window in (self._canvas, self._gauge)]
        # Chips that the agent can see must not glide: it would see them at places not yet reported to it.
        self._probe.is_asked = all(taken)
        self._scene.glides = self._options.animations and self._probe.is_asked

    def _probed(self, excluded: bool) -> None:
        self._scene.glides = self._options.animations and excluded
        if excluded and self._sent:
            self._client.send(OverlayCommand(boxes=()))
        said = "the agent leaves its chips out itself"
        if not self._scene.connection.tells_tiles:
            said = "a face under the gauge is not read"
        logger.info("captures %s", "leave the overlay out" if excluded else f"show the overlay: {said}")

    def _ask(self, command: ClientCommand) -> None:
        if not self._client.send(command):
            logger.warning("the command was not sent: there is no connection to the agent; try again later")

    def _pause(self) -> None:
        paused = self._scene.connection.health(time.monotonic()) is OverlayHealth.PAUSED
        self._ask(ResumeCommand() if paused else PauseCommand())

    def _toggle(self) -> None:
        self._scene.is_hidden = not self._scene.is_hidden
        self._tick()

    def _start_picking(self) -> None:
        window = self._scene.picture(time.monotonic()).window
        if window is not None and self._pick is None:
            self._pick = PickWindow(window, self._picked)

    def _picked(self, point: QPointF | None) -> None:
        self._pick = None
        tile = None if point is None else self._scene.tile_at(point.x(), point.y())
        if tile is not None:
            excluded = tile.state == "excluded"
            self._ask(IncludeCommand(id=tile.id) if excluded else ExcludeCommand(id=tile.id))

    def _open_dashboard(self) -> None:
        if self._connection_info is not None:
            page = page_of(self._connection_info, "/")
            open_page(
                opened_once(page, self._connection_info), "open the address that the agent printed yourself"
            )

    def _introduce(self) -> None:
        if self._welcome is None:
            self._welcome = Welcome(self._shortcut_name, [(self._gauge.rect_on_screen, FACE_COSTS)])
            # However the page is closed, the user has seen it.
            self._welcome.finished.connect(self._introduced)
            keep_out_of_captures(int(self._welcome.winId()))
        self._welcome.show()
        self._welcome.raise_()
        self._welcome.activateWindow()

    def _introduced(self) -> None:
        self._memory = msgspec.structs.replace(self._memory, is_introduced=True)
        save_memory(self._path, self._memory)

    def _remember_gauge(self, share: tuple[float, float]) -> None:
        self._memory = msgspec.structs.replace(self._memory, gauge=share)
        save_memory(self._path, self._memory)

    def _turn_autostart(self, on: bool) -> None:
        try:
            autostart.turn(on, self._options.at_login)
        except OSError as error:
            logger.warning("start at login cannot be changed: %s", error)

    def _quit(self) -> None:
        if self._options.owner is not None:
            self._ask(StopCommand())
        QApplication.quit()

    def _wait_for(self, owner: TextIO) -> None:
        while owner.read(1):
            pass
        self._bridge.ended.emit()
