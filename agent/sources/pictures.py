"""Reads still pictures of all common formats as RGB."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, features

from agent.errors import PictureError
from agent.sources.base import MOST_PIXELS
from agent.values import Pixels

FORMATS = (
    *("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "TGA"),
    *(("AVIF",) if features.check("avif") else ()),
)
"""Allowed formats: Pillow also reads formats that run programs (EPS) or fetch files; these do neither."""

BACKDROP = (255, 255, 255)
"""Colour behind transparent parts, as in most viewers."""


def read_picture(path: Path) -> Pixels:
    """Read a picture (grey, palette, RGBA, CMYK, 16 bit, rotated by EXIF, ...) as RGB uint8 (H, W, 3).

    Raises PictureError that names the file and what is wrong with it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise PictureError(
                        f"{path} has {width}x{height} pixels, which is too many: scale it down to 8K"
                    )
                return _rgb(image)
    except PictureError:
        raise
    except FileNotFoundError:
        raise PictureError(f"there is no file {path}: check the path") from None
    except IsADirectoryError:
        raise PictureError(f"{path} is a folder: name the pictures in it") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError(f"{path} has too many pixels: scale it down to 8K") from None
    except MemoryError:
        raise PictureError(f"{path} needs more memory than there is: scale it down") from None
    # Pillow's many parsers raise nearly anything on malformed bytes; all of it means the same to the user.
    except Exception as error:
        raise PictureError(f"{path} cannot be read as a picture ({error}): save it again as PNG") from error


def is_picture(path: Path) -> bool:
    """Whether a file begins as a still picture; False for videos, animated GIFs and anything else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                return image.format != "GIF" or not getattr(image, "is_animated", False)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return True
    except ValueError:
        # Compressed texts that would fill the memory: FFmpeg would unpack what Pillow refuses.
        return True
    except Exception:
        return False


def _rgb(image: Image.Image) -> Pixels:
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        # Scientific tools write 0 to 1, and NaN for what was not measured.
        levels = np.nan_to_num(np.asarray(upright, np.float64), posinf=0.0, neginf=0.0)
        top = _white(float(levels.max(initial=0)), fractions=upright.mode == "F")
        grey = np.clip(levels * (255 / top), 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if "A" in upright.getbands() or "transparency" in upright.info:
        rgba = upright.convert("RGBA")
        backdrop = Image.new("RGBA", rgba.size, (*BACKDROP, 255))
        upright = Image.alpha_composite(backdrop, rgba)
    return np.array(upright.convert("RGB"), np.uint8)


def _white(highest: float, *, fractions: bool) -> float:
    """The level of white in a grey picture with this highest level."""
    if fractions and highest <= 1:
        return 1.0
    return 65535.0 if highest > 255 else 255.0
