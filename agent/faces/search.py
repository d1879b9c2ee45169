"""Chooses where the detector searches each picture's face, and which of its detections counts.

A pure function of the pictures and of the detector's results on 128x128 inputs. Measured with MediaPipe's
short-range model on drawn tiles of 640x360 with distant faces, and on real tiles: a small face is first found
inexactly and with low confidence (0.2 to 0.5, overlapping by a quarter), and a closer look at that place
finds it exactly, at over 0.9. Anything that is no face stays under 0.7 however closely it is examined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent.faces.mosaic import Mosaic, MosaicCell, PictureView, tile_four, tile_one, tile_two
from agent.values import Box, Face, Pixels

Detect = Callable[[Pixels], Sequence[Face]]
"""A detector: takes RGB uint8 (128, 128, 3), returns all faces in pixels of that input."""


@dataclass(frozen=True, slots=True)
class Second:
    """A second detector, of another network: takes RGB uint8 (side, side, 3), returns faces in its pixels."""

    detect: Detect
    side: int


SAME = 0.25
"""Minimum IoU at which boxes of the two detectors are one face's: their boxes differ in size."""

LEAST = 24
"""Minimum side in pixels of a searched picture: any face found in a smaller one would be noise."""

DOUBTFUL = 0.7
"""Confidence below which a face gets a closer look."""

SURE = 0.75
"""Minimum confidence, in the closer look, of a face that was found only in a part of the picture."""

LOYALTY = 0.4
"""Bonus in confidence of a face that overlaps the known one over others in the same picture."""

OPINION = 0.3
"""Weight of the second detector's confidence in that of a new doubtful face. On 24 real faces under 45 hard
conditions (light, masks, blur, edges, 7x7 tiles) and 472 tiles without a face, asking it leaves 953 of 957
true faces at 0.5 or more and 4 of 34 false ones; a weight of 0.4 leaves 946 and 1. More looks of the first
detector (closer, wider, mirrored) separate them no better than its first closer look does."""

WIDE = 3.5
"""Side of the second detector's view in widths of the face; at 2.2 it misses twice as many."""

IN_FRONT = 0.15
"""Bonus in confidence of a sure face for each doubling of its width: it prefers the person in front to one
who stands behind or hangs on the wall."""

CLOSER = 2.2
"""Side of a closer look in widths of the face that was found."""

AROUND = 2.0
"""Side of the square in which a known face is searched, in widths of the face; four squares share an input.
The face may have moved by half its width. On 90 real and drawn faces, shifted by 8 % of their width, all are
found, as surely as with two to an input (4.4 by 2.2 widths each). Their keypoints are 2.9 to 3.6 % of the
width from those of a look at each face alone; with two to an input they are 3.4 to 3.9 % off, with nine 4.1
to 4.8 %."""

PARTS = tuple((left, top) for top in (0.0, 0.4) for left in (0.0, 0.4))
"""Left and top of the parts in which distant faces are searched: 0.6 of the width and height each."""


def find_faces(
    pictures: Sequence[Pixels],
    detect: Detect,
    careful: bool = False,
    known: Sequence[Face | None] | None = None,
    second: Second | None = None,
) -> list[Face | None]:
    """Return, for each picture RGB uint8 (H, W, 3), its surest face in pixels of that picture, or None.

    Two pictures, or four known faces, share each input; a doubtful face gets a closer look.

    - ``careful``: also searches a picture without a sure face at full size and then its parts. That takes up
      to three more inputs for each picture, and a closer look at what they show.
    - ``known``: where each picture's face was before. It is searched there first, and everywhere only if it
      is not surely there. Of two faces the known one is kept: two people in a tile must not be read in turns.
      Searching there also steadies the keypoints: on real tiles shifted by up to 5 pixels they jitter by 0.8
      % of the face's width, against 1.2 %.
    - ``second``: asked about new faces that are still in doubt; its answer counts in their confidence
      (``OPINION``).
    """
    search = _Search(pictures, detect, known or [None] * len(pictures))
    search.look(tile_four(pictures, search.around_known()))
    views = [
        PictureView(index, Box(0, 0, picture.shape[1], picture.shape[0]))
        for index, picture in enumerate(pictures)
        if min(picture.shape[:2]) >= LEAST and _doubted(search.faces[index])
    ]
    mosaics = tile_two(pictures, views)
    search.look(mosaics)
    if careful:
        shared = [place.view for mosaic in mosaics if len(mosaic.places) > 1 for place in mosaic.places]
        search.look([tile_one(pictures, view) for view in search.doubted(shared)])
    search.look_closer()
    if careful:
        searched = [place.view for mosaic in mosaics for place in mosaic.places]
        search.look_at_parts(search.doubted(searched))
    if second is not None:
        search.ask(second)
    return search.faces


class _Search:
    """The state of one search: the pictures, the detector, the known faces and those found so far."""

    def __init__(self, pictures: Sequence[Pixels], detect: Detect, known: Sequence[Face | None]) -> None:
        self.pictures = pictures
        self.detect = detect
        self.known = known
        self.faces: list[Face | None] = [None] * len(pictures)

    def look(self, mosaics: Sequence[Mosaic]) -> None:
        """Give each face on the mosaics to the picture under its centre, if it beats that picture's face."""
        for mosaic in mosaics:
            for found in self.detect(mosaic.pixels):
                place = next((place for place in mosaic.places if place.holds(*found.box.centre)), None)
                if place is not None:
                    index, face = place.view.index, _in_picture(found, place)
                    if self._rank(face, index) > self._rank(self.faces[index], index):
                        self.faces[index] = face

    def _rank(self, face: Face | None, index: int) -> float:
        if face is None:
            return 0.0
        # The width in eighths of the picture's: one eighth is a small face for a tile.
        eighths = 8 * face.box.width / self.pictures[index].shape[1]
        size = 0.0 if _doubted(face) else IN_FRONT * math.log2(max(eighths, 1.0))
        return face.confidence + size + (LOYALTY if self._is_known(face, index) else 0.0)

    def _is_known(self, face: Face, index: int) -> bool:
        known = self.known[index]
        return known is not None and face.box.iou(known.box) > 0.3

    def doubted(self, views: Sequence[PictureView]) -> list[PictureView]:
        """The views whose picture has no sure face yet."""
        return [view for view in views if _doubted(self.faces[view.index])]

    def around_known(self) -> list[PictureView]:
        """Square views of the places where faces were before."""
        views = []
        for index, (picture, face) in enumerate(zip(self.pictures, self.known, strict=True)):
            if face is not None:
                part = _centred(face.box, AROUND, AROUND).clipped(picture.shape[1], picture.shape[0])
                views.append(PictureView(index, part))
        return [view for view in views if view.part.area]

    def look_closer(self) -> None:
        """Take a closer look at new doubtful faces; a face that does not gain confidence stays as it was."""
        views = []
        for index, (picture, face) in enumerate(zip(self.pictures, self.faces, strict=True)):
            if face is not None and _doubted(face) and not self._is_known(face, index):
                part = _centred(face.box, CLOSER, CLOSER).clipped(picture.shape[1], picture.shape[0])
                if part.area:
                    views.append(PictureView(index, part))
        # One view to an input: with two, only half as many distant faces are found exactly.
        self.look([tile_one(self.pictures, view) for view in views])

    def ask(self, second: Second) -> None:
        """Let the second detector judge the new faces that are still in doubt."""
        for index, (picture, face) in enumerate(zip(self.pictures, self.faces, strict=True)):
            if face is None or face.confidence >= SURE or self._is_known(face, index):
                continue
            part = _centred(face.box, WIDE, WIDE).clipped(picture.shape[1], picture.shape[0])
            if part.area:
                mosaic = tile_one(self.pictures, PictureView(index, part), second.side)
                seen = [_in_picture(found, mosaic.places[0]) for found in second.detect(mosaic.pixels)]
                sure = max((one.confidence for one in seen if one.box.iou(face.box) > SAME), default=0.0)
                self.faces[index] = replace(face, confidence=(1 - OPINION) * face.confidence + OPINION * sure)

    def look_at_parts(self, views: Sequence[PictureView]) -> None:
        """Search the parts of some pictures, and keep the faces that a closer look confirms."""
        parts = []
        for view in views:
            width, height = view.part.width, view.part.height
            for left, top in PARTS:
                part = Box(round(left * width), round(top * height), round(0.6 * width), round(0.6 * height))
                parts.append(replace(view, part=part.clipped(width, height)))
        within = _Search(self.pictures, self.detect, self.known)
        within.look(tile_two(self.pictures, parts))
        within.look_closer()
        for index, face in enumerate(within.faces):
            if face is not None and face.confidence >= SURE:
                self.faces[index] = face


def _doubted(face: Face | None) -> bool:
    return face is None or face.confidence < DOUBTFUL


def _centred(box: Box, wide: float, high: float) -> Box:
    """A box centred on another, ``wide`` times as wide and ``high`` times as high as its longer side."""
    side = max(box.width, box.height)
    width, height = round(wide * side), round(high * side)
    return Box(round(box.centre[0] - width / 2), round(box.centre[1] - height / 2), width, height)


def _in_picture(face: Face, place: MosaicCell) -> Face:
    """Convert a face from mosaic pixels to pixels of the picture in that cell."""
    box = face.box
    corners = np.array(((box.left, box.top), (box.right, box.bottom)), np.float32)
    (left, top), (right, bottom) = place.to_picture(corners).round().astype(int).tolist()
    moved = Box(left, top, max(right - left, 1), max(bottom - top, 1))
    return Face(moved, place.to_picture(face.keypoints), face.confidence)
