"""Augmentation with the effects of a meeting's gallery on faces: framing, light, low resolution, compression.

Every function takes and returns a batch float32 (N, 1, 48, 48) of grey levels 0..255. Random numbers come
from the ``generator`` argument, so a run can be repeated.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from models.card import CROP

# Face sizes of tiles in pixels: a 49-tile page at 640x400 has faces of 18, a 25-tile page at 1080p of 60.
LOW_SIDES = (16, 18, 20, 24, 28, 32, 36, 42)

# Annex K.1 of ITU-T T.81 (JPEG): the luminance quantisation table; video intra frames look similar.
JPEG_TABLE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


def augment(faces: Tensor, generator: Generator, realism: float = 1.0) -> Tensor:
    """Make a batch of training faces look like faces cut out of gallery tiles.

    ``faces`` uint8 or float (N, 1, 48, 48). ``realism`` 0..1 scales the share of degraded faces (low
    resolution, compression, blur, noise); changes of geometry, light and occlusion are always applied.
    """
    faces = reframe(faces.float(), generator)
    faces = relight(faces, generator)
    for part, share in ((shrink, 0.35), (blur, 0.12), (compress, 0.25), (speckle, 0.2)):
        chosen = _some(len(faces), share * realism, generator)
        if len(chosen):
            faces[chosen] = part(faces[chosen], generator)
    return occlude(faces, generator).clamp_(0, 255)


def reframe(faces: Tensor, generator: Generator) -> Tensor:
    """Mirror, rotate (7 degrees), scale (8 %), shift (6 %) and shear a little, like errors of aligned crops.

    The figures are standard deviations; the spread of the detector's keypoints is in framing.json.
    """
    count = len(faces)
    angle, shear = _normal(count, generator) * math.radians(7), _normal(count, generator) * 0.05
    scale = torch.exp(_normal(count, generator) * 0.08)
    mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = angle.cos() * scale * mirror, shear - angle.sin() * scale
    matrix[:, 1, 0], matrix[:, 1, 1] = angle.sin() * scale * mirror, angle.cos() * scale
    # The sampling grid's unit is half a picture.
    matrix[:, :, 2] = torch.randn(count, 2, generator=generator) * 0.12
    grid = F.affine_grid(matrix, list(faces.shape), align_corners=False)
    return F.grid_sample(faces, grid, padding_mode="border", align_corners=False)


def relight(faces: Tensor, generator: Generator) -> Tensor:
    """Change gamma, contrast and brightness, and light a third of the faces from one side."""
    count = len(faces)
    gamma = torch.exp(_normal(count, generator) * 0.25).view(-1, 1, 1, 1)
    faces = (faces / 255).clamp_(1e-4, 1).pow(gamma) * 255
    mean = faces.mean((2, 3), keepdim=True)
    contrast = torch.exp(_normal(count, generator) * 0.2 - 0.05).view(-1, 1, 1, 1)
    faces = (faces - mean) * contrast + mean + _normal(count, generator).view(-1, 1, 1, 1) * 14
    ramp = torch.linspace(-1, 1, CROP)
    slope = _normal(2 * count, generator).view(2, count, 1, 1, 1) * 12
    slope = slope * (torch.rand(count, 1, 1, 1, generator=generator) < 0.33)
    return faces + slope[0] * ramp.view(1, 1, CROP, 1) + slope[1] * ramp.view(1, 1, 1, CROP)


def shrink(faces: Tensor, generator: Generator) -> Tensor:
    """Reduce each face to one of LOW_SIDES pixels and enlarge it again, to simulate a small tile."""
    sides = torch.randint(len(LOW_SIDES), (len(faces),), generator=generator)
    faces = faces.clone()
    for index in set(sides.tolist()):
        chosen = sides == index
        faces[chosen] = resample(faces[chosen], LOW_SIDES[index])
    return faces


def resample(faces: Tensor, side: int) -> Tensor:
    """Reduce faces to ``side`` pixels by area interpolation, and enlarge them to 48 pixels bilinearly."""
    small = F.interpolate(faces, size=(side, side), mode="area")
    return F.interpolate(small, size=(CROP, CROP), mode="bilinear", align_corners=False)


def blur(faces: Tensor, generator: Generator) -> Tensor:
    """Apply Gaussian blur of 0.5 to 1.5 pixels, one width for the batch, to simulate defocus."""
    sigma = 0.5 + float(torch.rand(1, generator=generator))
    offsets = torch.arange(-3, 4, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, 1, 7)
    padded = F.pad(faces, (3, 3, 3, 3), mode="replicate")
    return F.conv2d(F.conv2d(padded, kernel), kernel.transpose(2, 3))


def compress(faces: Tensor, generator: Generator) -> Tensor:
    """Quantise 8x8 cosine transforms like JPEG at qualities of 15 to 75, with a random block origin."""
    basis, table = _cosine_basis(), torch.tensor(JPEG_TABLE, dtype=torch.float32)
    quality = 15 + 60 * torch.rand(len(faces), 1, 1, 1, 1, generator=generator)
    strength = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    down, right = torch.randint(8, (2,), generator=generator).tolist()
    padded = F.pad(faces, (right, 8 - right, down, 8 - down), mode="replicate")
    blocks = padded.unfold(2, 8, 8).unfold(3, 8, 8).squeeze(1) - 128
    steps = (table * strength).clamp(min=1)
    coefficients = torch.round(basis @ blocks @ basis.T / steps) * steps
    pixels = (basis.T @ coefficients @ basis + 128).permute(0, 1, 3, 2, 4).reshape(len(faces), 1, 56, 56)
    return pixels[:, :, down : down + CROP, right : right + CROP]


def speckle(faces: Tensor, generator: Generator) -> Tensor:
    """Add sensor noise of 0 to 14 grey levels."""
    level = torch.rand(len(faces), 1, 1, 1, generator=generator) * 14
    return faces + torch.randn(faces.shape, generator=generator) * level


def occlude(faces: Tensor, generator: Generator) -> Tensor:
    """Cover a rectangle in a quarter of the faces with one grey level, like a hand, a mask or a label."""
    chosen = _some(len(faces), 0.25, generator)
    if not len(chosen):
        return faces
    extent = torch.randint(6, 22, (2, len(chosen), 1), generator=generator)
    start = (torch.rand(2, len(chosen), 1, generator=generator) * (CROP - extent)).long()
    line = torch.arange(CROP).view(1, 1, CROP)
    inside = (line >= start) & (line < start + extent)
    mask = (inside[0][:, :, None] & inside[1][:, None, :]).unsqueeze(1)
    grey = torch.rand(len(chosen), 1, 1, 1, generator=generator) * 255
    faces[chosen] = torch.where(mask, grey, faces[chosen])
    return faces


def _some(count: int, share: float, generator: Generator) -> Tensor:
    return torch.nonzero(torch.rand(count, generator=generator) < share).flatten()


def _normal(count: int, generator: Generator) -> Tensor:
    return torch.randn(count, generator=generator)


def _cosine_basis() -> Tensor:
    """The orthonormal DCT-II of eight points, (8, 8): rows are frequencies."""
    k = torch.arange(8, dtype=torch.float32)
    basis = torch.cos((2 * k.view(1, 8) + 1) * k.view(8, 1) * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    return basis
