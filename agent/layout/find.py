"""Finds the tiles of one picture: searches it in several passes, each for another kind of picture."""

from __future__ import annotations

import cv2
import numpy as np

from agent.layout.assembly import Look, assembled, highest
from agent.layout.choice import Candidate
from agent.layout.page import flat_pixels
from agent.layout.picture import Picture
from agent.layout.search_pass import CERTAIN, Earlier, best_lattices, drawn_in_photo, drawn_without_page
from agent.layout.search_profile import COARSE, EXACT, HAIRLINES, PHOTO
from agent.layout.tilt import Straightened, straightened
from agent.values import Layout, Pixels, check_pixels

WORKING_WIDTH = 1920
WORKING_HEIGHT = 1200
"""Maximum width and height in pixels; larger pictures are reduced by a whole factor, so that flat colours
stay exact."""
NOISY = 0.2
"""Minimum share of flat pixels; a picture with fewer is treated as a photo of a screen."""
SMALLEST_PICTURE = 48


def find_layout(pixels: Pixels, *, expecting: bool = False, compressed: bool = False) -> Layout:
    """Find the tiles of a gallery in a picture, RGB uint8 (H, W, 3); no slots when it shows none.

    ``expecting``: a gallery was on the screen a moment ago. Only then is a gallery accepted that shows no
    video, such as a last page with one participant whose camera is off. ``compressed``: the picture comes
    from a video, whose colours are seldom exact, so the pass with tolerance runs first.

    Raises PictureError for anything that is not such a picture.
    """
    check_pixels(pixels)
    height, width = pixels.shape[:2]
    if min(width, height) < SMALLEST_PICTURE:
        return Layout(width, height)
    factor = max(1, round(max(width / WORKING_WIDTH, height / WORKING_HEIGHT)))
    picture = Picture.of(_reduced(pixels, factor))
    # In a recorded lesson this takes 0.1 s; the pass with exact colours takes 0.7 s and fails.
    first = best_lattices(picture, COARSE, expecting) if compressed else None
    if first and first[0].rank >= CERTAIN:
        return assembled(pixels, [Look(first, Straightened(picture.pixels))], factor)
    return assembled(pixels, _looks(picture, first, expecting), factor)


def _looks(picture: Picture, coarse: list[Candidate] | None, expecting: bool) -> list[Look]:
    """What each search pass found, up to the first one that found a gallery of rank CERTAIN.

    ``coarse``: what the pass with tolerance found; None if it has not run yet.
    """
    untouched, earlier, calm = Straightened(picture.pixels), Earlier(), picture
    photo: Picture | None = None
    looks = [Look(best_lattices(picture, EXACT, expecting, earlier), untouched)]
    # Photos of a monitor and strongly compressed pictures have no exact colours: search again without their
    # noise.
    if highest(looks) < CERTAIN:
        tilted = straightened(picture.pixels)
        if tilted.lens is not None:
            photo = Picture.of(_denoised(tilted.pixels))
            looks.append(Look(best_lattices(photo, PHOTO, expecting), tilted))
    if highest(looks) < CERTAIN:
        # Denoising is worth its time only for a picture with hardly any flat pixel.
        if float(flat_pixels(picture.pixels).mean()) < NOISY:
            calm = Picture.of(_denoised(picture.pixels))
            coarse = best_lattices(calm, COARSE, expecting, earlier)
        elif coarse is None:
            coarse = best_lattices(picture, COARSE, expecting, earlier)
        looks.append(Look(coarse, untouched))
    # In the photo of a screen, the tilt breaks such lines.
    in_photo = any(look.candidates and look.picture is not untouched for look in looks)
    if highest(looks) < CERTAIN and not in_photo:
        looks.append(Look(best_lattices(picture, HAIRLINES, expecting, earlier), untouched))
    # Lines alone also draw what is no tile: they count where nothing else was found.
    if not highest(looks) and photo:
        looks.append(Look(drawn_in_photo(photo, expecting), tilted))
    if not highest(looks):
        looks.append(Look(drawn_without_page(calm), untouched))
    return looks


def _reduced(pixels: Pixels, factor: int) -> Pixels:
    if factor == 1:
        return np.ascontiguousarray(pixels)
    height, width = pixels.shape[0] // factor, pixels.shape[1] // factor
    whole = np.ascontiguousarray(pixels[: height * factor, : width * factor])
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _denoised(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.medianBlur(pixels, 5), np.uint8)
