"""Crops faces from pictures as the agent does, so that data sets are evaluated under the agent's conditions.

Data sets frame their faces differently: FER-2013 and CK+ as 48 pixels filled by the face, RAF-DB aligned at
100, AffectNet with some surroundings, JAFFE with hair and shoulders. A whole picture would therefore show the
network a smaller or larger face than any in its training.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.faces.crops import Framing, crop_face
from agent.faces.detector import MediaPipeFaceFinder
from agent.faces.face_track import shifted
from agent.values import Face, Pixels
from models.card import CROP, load_card
from models.weights import EXPRESSION

MARGIN = 0.3


class FaceCutter:
    """Converts pictures of one face each to crops, grey uint8 (48, 48), and counts the faces found.

    ``crop``: ``none`` takes whole pictures; ``agent`` takes the face that the agent's detector finds, or the
    whole picture without one; ``auto`` does this only for pictures of more than 48 pixels, as smaller ones
    are already crops. The detector is loaded when first needed; raises ModelError if that fails.

    Accuracy on 700 of FER-2013's public faces, whole and cropped, of the shipped network before it read
    mirror images: at 48 pixels 0.677 and 0.667, enlarged to 100 pixels 0.673 and 0.674, with surroundings 1.3
    times as wide 0.650 and 0.663, 1.6 times 0.559 and 0.664, 2.2 times 0.326 and 0.630. A higher confidence
    threshold for faces was not better in any case.
    """

    def __init__(self, crop: str = "auto") -> None:
        self.crop = crop
        self.found = self.pictures = 0
        self._finder: MediaPipeFaceFinder | None = None
        self._framing = Framing.of(load_card(EXPRESSION).framing)

    def cut(self, picture: Pixels) -> NDArray[np.uint8]:
        """The face in a picture RGB uint8 (H, W, 3), or the whole picture, as grey uint8 (48, 48)."""
        self.pictures += 1
        if self.crop == "agent" or (self.crop == "auto" and min(picture.shape[:2]) > CROP):
            face = self._find(picture)
            if face is not None:
                self.found += 1
                return np.asarray(crop_face(picture, face, self._framing)[..., 0], np.uint8)
        return whole(picture)

    def close(self) -> None:
        """Release the detector; idempotent."""
        if self._finder is not None:
            self._finder.close()
            self._finder = None

    def __str__(self) -> str:
        if not self.found:
            return "pictures taken whole"
        return f"face found and cut out as the agent does in {self.found} of {self.pictures} pictures"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, picture: Pixels) -> Face | None:
        """The more confident face of the picture and of the same picture with its border extended.

        The detector expects surroundings and misses many faces that fill the picture.
        """
        if self._finder is None:
            self._finder = MediaPipeFaceFinder()
        margin = round(MARGIN * min(picture.shape[:2]))
        around = (margin,) * 4
        wider = np.asarray(cv2.copyMakeBorder(picture, *around, cv2.BORDER_REPLICATE), np.uint8)
        inside, outside = self._finder.find([picture, wider], True)
        if outside is not None:
            outside = shifted(outside, -margin, -margin)
        return max((inside, outside), key=lambda face: face.confidence if face else 0.0)


def whole(picture: Pixels) -> NDArray[np.uint8]:
    """A whole picture RGB uint8 (H, W, 3) as grey uint8 (48, 48)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    method = cv2.INTER_AREA if min(grey.shape) > CROP else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (CROP, CROP), interpolation=method), np.uint8)
