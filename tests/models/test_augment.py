"""What augmentation does to faces: measured, not looked at."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import augment


def faces(count: int = 64) -> torch.Tensor:
    """Ramps with an edge: bright to the lower right."""
    ramp = torch.linspace(40, 200, 48)
    picture = (ramp.view(1, 48) + ramp.view(48, 1)) / 2
    picture[10:20, 10:20] = 250
    return picture.repeat(count, 1, 1, 1)


def generator(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_seed_repeats_the_batch_and_another_does_not() -> None:
    first = augment.augment(faces(), generator())
    assert torch.equal(first, augment.augment(faces(), generator()))
    assert not torch.equal(first, augment.augment(faces(), generator(4)))


def test_results_stay_grey_levels_of_the_same_shape() -> None:
    out = augment.augment(faces(200), generator())
    assert out.shape == (200, 1, 48, 48)
    assert out.dtype == torch.float32
    assert torch.isfinite(out).all()
    assert out.min() >= 0
    assert out.max() <= 255


def test_the_source_is_left_alone() -> None:
    source = faces()
    before = source.clone()
    augment.augment(source, generator())
    assert torch.equal(source, before)


def test_about_half_are_mirrored() -> None:
    slope = torch.linspace(0, 255, 48).view(1, 1, 1, 48).repeat(400, 1, 48, 1)
    out = augment.reframe(slope, generator())
    mirrored = out[:, 0, 24, 40] < out[:, 0, 24, 8]
    assert 0.4 < mirrored.float().mean() < 0.6


def test_reframing_shifts_by_a_few_pixels() -> None:
    dot = torch.zeros(400, 1, 48, 48)
    dot[:, :, 22:26, 22:26] = 255
    out = augment.reframe(dot, generator())
    line = torch.arange(48.0)
    row = (out.sum((1, 3)) * line).sum(1) / out.sum((1, 2, 3))
    assert 1.5 < float(row.std()) < 4.5


@pytest.mark.parametrize("side", [16, 24, 48])
def test_resampling_keeps_the_mean_and_drops_detail(side: int) -> None:
    noise = torch.rand(20, 1, 48, 48, generator=generator()) * 255
    out = augment.resample(noise, side)
    assert float((out.mean() - noise.mean()).abs()) < 2
    assert float(out.std()) <= float(noise.std()) * (1.001 if side == 48 else 0.6)


def test_compression_is_lossy_and_close() -> None:
    source = faces() + torch.randn(64, 1, 48, 48, generator=generator()) * 10
    out = augment.compress(source, generator())
    change = (out - source).abs().mean((1, 2, 3))
    assert float(change.min()) > 0.5
    assert float(change.max()) < 20


def test_compression_of_a_flat_picture_changes_nothing_much() -> None:
    flat = torch.full((8, 1, 48, 48), 128.0)
    assert torch.allclose(augment.compress(flat, generator()), flat)


def test_blur_keeps_the_mean_and_softens_edges() -> None:
    source = faces()
    out = augment.blur(source, generator())
    assert float((out.mean() - source.mean()).abs()) < 1
    assert float(out[0, 0].diff(dim=1).abs().max()) < float(source[0, 0].diff(dim=1).abs().max())


def test_a_quarter_of_the_faces_is_partly_covered() -> None:
    source = torch.full((800, 1, 48, 48), -1.0)
    out = augment.occlude(source.clone(), generator())
    covered = (out != -1).float().mean((1, 2, 3))
    assert 0.18 < float((covered > 0).float().mean()) < 0.32
    assert float(covered.max()) <= (21 / 48) ** 2 + 1e-6


def test_the_cosine_basis_is_orthonormal() -> None:
    basis = augment._cosine_basis().numpy()
    np.testing.assert_allclose(basis @ basis.T, np.eye(8), atol=1e-6)


def test_no_realism_leaves_noise_and_low_resolution_out() -> None:
    flat = torch.full((200, 1, 48, 48), 100.0)
    clean = augment.augment(flat, generator(), realism=0.0)
    rough = augment.augment(flat, generator(), realism=1.0)

    def grain(batch: torch.Tensor) -> float:
        return float(batch[:, 0].diff(dim=1).diff(dim=1).abs().median(dim=0).values.mean())

    assert grain(clean) <= grain(rough)
    assert grain(clean) < 0.2
