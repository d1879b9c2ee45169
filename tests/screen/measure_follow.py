"""How long chips take to follow a window that is moved, on a desktop of its own: one JSON object on stdout.

``python -m tests.screen.measure_follow [--moves 12] [--picture NAME]``. Times are milliseconds from the first
screenshot that shows the window at its new place: until the agent took the frame that showed the move, until
its message came, and until the chips were seen on their tiles again. A look at the screen takes 3 to 10 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import mss
import numpy as np
from numpy.typing import NDArray

from agent.values import Box
from exporter.access.token import ConnectionInfo
from exporter.native.feed_client import AgentLocator, FeedClient, FeedEvent
from exporter.protocol.messages import RoomMessage
from tests.galleries import NAMES, RealGallery, real_gallery
from tests.program import TOKEN, running
from tests.screen.conftest import served
from tests.screen.overlays import homes, meeting, overlay, with_compositor
from tests.waiting import until

PLACES = ((60, 40), (97, 66), (30, 90), (160, 20), (61, 41), (240, 120))
"""Where the window is put, in turn: by a little, by a lot, along both axes."""

OTHER = 40
"""Levels by which a pixel differs from the gallery's own where something was drawn over it."""

MOST = 0.7
"""Part of the chips that must be where they belong."""

PAUSE, GIVE_UP = 3.0, 10.0
"""Seconds between moves, and after which a move counts as not followed."""


@dataclass
class Told:
    """When the feed said what: times in seconds of the monotonic clock, with the place of the first tile."""

    seen: list[tuple[float, float, tuple[int, int, int, int]]] = field(default_factory=list)
    tiles: int = 0

    def take(self, event: FeedEvent) -> None:
        if isinstance(event, RoomMessage) and event.tiles:
            wall = datetime.fromisoformat(event.time).timestamp()
            taken = time.monotonic() - (time.time() - wall)
            self.tiles = len(event.tiles)
            self.seen.append((taken, time.monotonic(), event.tiles[0].box))

    def first_near(self, place: Box) -> tuple[float, float] | None:
        """When the frame was taken, and when it was told, in which the first tile is there."""
        for taken, told, box in list(self.seen):
            if abs(box[0] - place.left) <= 3 and abs(box[1] - place.top) <= 3:
                return taken, told
        return None


def covered(screen: Any, gallery: RealGallery, left: int, top: int) -> NDArray[np.bool_]:
    """Which pixels of the window at a place are not the gallery's."""
    height, width = gallery.pixels.shape[:2]
    shot = screen.grab({"left": left, "top": top, "width": width, "height": height})
    here = np.frombuffer(shot.bgra, np.uint8).reshape(shot.height, shot.width, 4)[..., 1]
    return np.asarray(cv2.absdiff(here, np.ascontiguousarray(gallery.pixels[..., 1])) > OTHER)


def stand(mask: NDArray[np.bool_], before: NDArray[np.bool_], gallery: RealGallery) -> bool:
    """Whether most chips of ``before`` are there again: now and then one takes another corner of its tile."""
    back = []
    for box in gallery.tiles:
        then, now = (
            one[box.top : box.top + box.height, box.left : box.left + box.width] for one in (before, mask)
        )
        if then.sum() > 60:
            back.append((then & now).sum() >= 0.7 * then.sum())
    return bool(np.mean(back) >= MOST)


def measure(gallery: RealGallery, moves: int, home: Path) -> list[dict[str, float]]:
    """One row for each move that was followed."""
    rows: list[dict[str, float]] = []
    told = Told()
    left, top = PLACES[0]
    with (
        with_compositor(),
        meeting(gallery.path, left, top) as window,
        running("run", "--source", "screen", **homes(home)) as (_, port),
        overlay(port, home),
        mss.MSS() as screen,
    ):
        info = ConnectionInfo(feed=f"ws://127.0.0.1:{port}/feed", token=TOKEN)
        client = FeedClient(AgentLocator(fixed=info), told.take, hz=30.0).start()
        until(lambda: told.tiles == len(gallery.tiles), "a message with all tiles")
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(window.process.pid)],
            check=True,
            capture_output=True,
            text=True,
        )
        name = found.stdout.split()[0]
        phases = np.random.default_rng(1).random(moves)
        for number in range(1, moves + 1):
            # Long enough for what the agent checks after a move, and not in step with its frames.
            time.sleep(PAUSE + float(phases[number - 1]))
            before = covered(screen, gallery, left, top)
            left, top = PLACES[number % len(PLACES)]
            told.seen.clear()
            subprocess.run(["xdotool", "windowmove", name, str(left), str(top)], check=True)
            rows.append(follow(screen, gallery, before, (left, top), told))
        client.close()
    return rows


def follow(
    screen: Any, gallery: RealGallery, before: NDArray[np.bool_], place: tuple[int, int], told: Told
) -> dict[str, float]:
    """Watch the screen until the chips are where the window is now."""
    moved: float | None = None
    end = time.monotonic() + GIVE_UP
    while time.monotonic() < end:
        mask = covered(screen, gallery, *place)
        now = time.monotonic()
        if moved is None and mask.mean() < 0.4:
            moved = now
        if moved is not None and stand(mask, before, gallery):
            first = gallery.tiles[0]
            goal = Box(first.left + place[0], first.top + place[1], first.width, first.height)
            message = told.first_near(goal) or (float("nan"), float("nan"))
            times = {"taken": message[0], "told": message[1], "shown": now}
            return {name: round(1000 * (at - moved), 1) for name, at in times.items()}
        time.sleep(0.002)
    return {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=12)
    parser.add_argument("--picture", choices=NAMES, default=NAMES[0])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as desktop:
        os.environ.update(DISPLAY=desktop.name, XDG_SESSION_TYPE="x11")
        rows = measure(real_gallery(options.picture), options.moves, Path(folder) / "home")
    followed = [row for row in rows if row]
    parts = {
        name: {
            f"p{share}": round(float(np.nanpercentile([row[name] for row in followed], share)), 1)
            for share in (50, 95, 100)
        }
        for name in ("taken", "told", "shown")
        if followed
    }
    result = {"picture": options.picture, "moves": len(rows), "followed": len(followed), "ms": parts}
    json.dump({**result, "load": os.getloadavg()[0], "rows": rows}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
