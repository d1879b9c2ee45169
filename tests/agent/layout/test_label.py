from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout.label import has_label
from agent.values import Pixels


def named(words: str, size: float, room: int = 190) -> Pixels:
    """A tile RGB uint8 (180, 320, 3) with a name on a dark plate before a bright room."""
    tile = np.full((180, 320, 3), room, np.uint8)
    (width, high), below = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    cv2.rectangle(tile, (3, 176 - high - below - 4), (width + 12, 176), (50, 50, 50), -1)
    where, white = (8, 176 - below - 1), (255, 255, 255)
    cv2.putText(tile, words, where, cv2.FONT_HERSHEY_SIMPLEX, size, white, 1, cv2.LINE_AA)
    return tile


@pytest.mark.parametrize("scale", [0.5, 0.7, 1.0, 1.6])
@pytest.mark.parametrize("words", ["Theresa Webb", "Leila H"])
def test_a_name_is_seen_at_any_scale(words: str, scale: float) -> None:
    # Where a screenshot was resized, blur joins the letters of a word, and a plate's rim with the room below.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    tile = cv2.resize(named(words, 0.4), None, fx=scale, fy=scale, interpolation=how)
    assert has_label(np.asarray(tile, np.uint8))


@pytest.mark.parametrize("words", ["Theresa Webb", "Leila H", "Maximilian Baumgartner"])
def test_a_name_in_the_middle_of_the_lower_edge_is_seen(words: str) -> None:
    # So Webex and older versions of Jitsi write it.
    tile = named(words, 0.4)
    (wide, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1)
    centred = np.full_like(tile, 190)
    plate = tile[:, 3 : wide + 13]
    left = (320 - plate.shape[1]) // 2
    centred[:, left : left + plate.shape[1]] = plate
    assert has_label(centred)
    # Cards with portraits have dark writing there, and writing in a room stands anywhere.
    assert not has_label(255 - centred)
    aside = np.full_like(tile, 190)
    aside[:, 318 - plate.shape[1] : 318] = plate
    assert not has_label(aside)


@pytest.mark.parametrize("mark", ["line", "disc", "nothing"])
def test_other_bright_things_in_the_corner_are_no_name(mark: str) -> None:
    tile = np.full((180, 320, 3), 60, np.uint8)
    if mark == "line":
        cv2.line(tile, (5, 168), (120, 168), (250, 250, 250), 4)
    if mark == "disc":
        cv2.circle(tile, (20, 165), 7, (250, 250, 250), -1)
    assert not has_label(tile)
