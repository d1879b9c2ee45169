"""Tracks what is known of the face in one tile, and what must be done to update it.

Each tile has its own state machine; time is an argument, in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.faces.motion import MOVED, Pose, movement, pose, same
from agent.scheduling.budget import Work
from agent.values import Box, Face, Pixels, Reason

LOOK_AGAIN = 1.0
"""Seconds after which a still tile without a face is searched again, carefully."""

OLDEST = 1.0
"""Seconds after which a face is checked again even if nothing seems to have changed, and detected again if
anything did: a slow drift must not carry a crop away."""

FILL = 128
"""Level of grey that hides what floats over a tile."""

KEEP_FACE = 0.5
"""Seconds for which a face that was just there is kept when a detection misses it."""


@dataclass(frozen=True, slots=True)
class DetectionThresholds:
    """Minimum confidence of a detection: ``new`` for a new face, ``tracked`` where one was seen just before.

    Of 40 drawn rooms without anybody, 9 give a detection over 0.3 (mostly bookshelves). Of 24 real faces, the
    weakest one, under a mask, reaches 0.77 after the closer look that doubtful faces get.
    """

    new: float = 0.5
    tracked: float = 0.3


@dataclass(slots=True)
class FaceTrack:
    """What was last seen in one tile; ``face`` is in frame pixels, times are in seconds.

    - ``under``: boxes of tiles that float over this one; nobody is looked for there.
    - ``current``: when the tile was last up to date.
    - ``searched``: when it was last searched carefully.
    - ``detected``: when the detector last found the face.
    - ``seen``: when the face was last found or seen unmoved.
    - ``moved``: when its picture last changed.
    - ``found``: the crop in which the face was detected.
    - ``judged``: the last crop that gave scores or a reason.
    """

    stale: bool = True
    current: float = -np.inf
    searched: float = -np.inf
    detected: float = -np.inf
    seen: float = -np.inf
    moved: float = -np.inf
    video: Box | None = None
    under: tuple[Box, ...] = ()
    face: Face | None = None
    facing: float = 0.0
    reason: Reason | None = None
    scores: NDArray[np.float32] | None = None
    found: Pixels | None = None
    judged: Pixels | None = None
    _pose: Pose | None = None

    def follow(self, video: Box, changed: bool, under: tuple[Box, ...] = ()) -> None:
        """Note where the tile's video is now in the frame, whether it changed, and what floats over it."""
        self.stale |= changed or under != self.under
        self.under = under
        if self.face is not None and any(
            box.intersection(self.face.box) * 2 > self.face.box.area for box in under
        ):
            self.face = self.found = None
        if self.video is not None and video != self.video and self.face is not None:
            if (video.width, video.height) == (self.video.width, self.video.height):
                right, down = video.left - self.video.left, video.top - self.video.top
                self.face = shifted(self.face, right, down)
            else:
                self.face = rescaled(self.face, self.video, video)
                self.found = None
        self.video = video

    def picture(self, pixels: Pixels) -> Pixels:
        """The tile's video in a frame (H, W, 3), without what floats over it; a view where nothing does."""
        if self.video is None:
            raise ValueError("follow a tile before its picture is taken")
        picture = self.video.of(pixels)
        if not self.under:
            return picture
        picture = picture.copy()
        for box in self.under:
            box.shifted(-self.video.left, -self.video.top).of(picture)[:] = FILL
        return picture

    def due(self, now: float) -> Work | None:
        """What a tile without a face needs, or None."""
        if not 0 <= now - self.searched < LOOK_AGAIN:
            return Work.SEARCH
        return Work.FIND if self.stale else None

    def wants_glance(self, now: float) -> bool:
        """Whether a tile with a face has to be checked now."""
        return self.stale or not 0 <= now - self.current < OLDEST

    def glance(self, crop: Pixels, now: float) -> Work | None:
        """What a face needs whose place now shows ``crop``, grey uint8 (S, S, 1); None if nothing changed."""
        if self.found is None or self.judged is None:
            return Work.FIND
        if self._pose is None or self._pose.crop is not self.found:
            self._pose = pose(self.found)
        if movement(self._pose, crop) >= MOVED:
            return Work.FIND
        recent = 0 <= now - self.detected < OLDEST
        # When a picture became sharp and then still, the last reading used the box found while it was
        # blurred: in one case that box stayed wrong by 6 of 58 pixels.
        if same(self.judged, crop) and (recent or self.judged is self.found):
            self._confirm(now)
            return None
        return Work.READ if recent else Work.FIND

    def on_detection(self, face: Face | None, thresholds: DetectionThresholds, now: float) -> bool:
        """Note the detector's result, a face in frame pixels or None; True when it counts as a face."""
        needed = thresholds.new if self.face is None else thresholds.tracked
        if face is not None and face.confidence >= needed:
            self.face, self.detected = face, now
            return True
        if now < self.seen or now - self.seen > KEEP_FACE:
            self.clear()
        if self.face is None:
            self.stale, self.current = False, now
        return False

    def clear(self) -> None:
        """Forget the face: there is none any more."""
        self.face = self.scores = self.reason = self.found = self.judged = self._pose = None

    def set_crop(self, crop: Pixels, facing: float, reason: Reason | None, now: float) -> None:
        """Note the crop that is read now, or the reason why it is not; its scores follow later."""
        if self.judged is None or not same(self.judged, crop):
            self.moved = now
        self.judged, self.facing, self.reason, self.scores = crop, facing, reason, None
        self._confirm(now)

    def invalidate(self) -> None:
        """Note that the judged crop could not be read, so that the next frame has to be."""
        self.judged, self.stale = None, True

    def _confirm(self, now: float) -> None:
        self.stale, self.current, self.seen = False, now, now


def shifted(face: Face, right: int, down: int) -> Face:
    """A face shifted by some pixels, from its tile's picture to the frame or back."""
    return Face(
        face.box.shifted(right, down), face.keypoints + np.array((right, down), np.float32), face.confidence
    )


def rescaled(face: Face, before: Box, after: Box) -> Face:
    """A face rescaled with its tile, which moved and changed its size; all in frame pixels."""
    x, y = after.width / max(before.width, 1), after.height / max(before.height, 1)
    box = Box(
        round(after.left + (face.box.left - before.left) * x),
        round(after.top + (face.box.top - before.top) * y),
        max(round(face.box.width * x), 1),
        max(round(face.box.height * y), 1),
    )
    points = (face.keypoints - (before.left, before.top)) * (x, y) + (after.left, after.top)
    return Face(box, points.astype(np.float32), face.confidence)
