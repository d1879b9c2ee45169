from __future__ import annotations

import av
import cv2
import numpy as np
import pytest

from agent.sources.decoding import to_rgb
from agent.values import Pixels


def colours(width: int, height: int) -> Pixels:
    """Soft colours of every kind, dark and bright."""
    small = np.random.default_rng(3).integers(60, 200, (2, 3, 3), np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def grey(pixels: Pixels) -> float:
    return float(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).mean())


@pytest.mark.parametrize("size", [(64, 36), (62, 34), (33, 21)], ids=["even", "padded", "odd"])
@pytest.mark.parametrize("kind", ["yuv420p", "yuvj420p", "yuv444p", "nv12", "rgb24"])
def test_a_decoded_frame_has_the_colours_that_were_sent(size: tuple[int, int], kind: str) -> None:
    """Most of all its brightness, on which the classifier looks: FFmpeg's conversion loses a level."""
    picture = colours(*size)
    sent = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=kind)
    if kind == "yuv420p" and size[0] % 2 == 0:
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
        sent = av.VideoFrame.from_ndarray(planes, format=kind)
        assert abs(grey(to_rgb(sent)) - grey(picture)) < 0.3
    received = to_rgb(sent)
    assert received.shape == picture.shape
    assert abs(received.astype(int) - picture).mean() < 4


@pytest.mark.parametrize("matrix", ["ITU601", "ITU709"])
def test_the_matrix_that_a_stream_names_is_used(matrix: str) -> None:
    picture = np.full((36, 64, 3), (200, 60, 90), np.uint8)
    plain = av.VideoFrame.from_ndarray(picture, format="rgb24")
    sent = plain.reformat(format="yuv420p", dst_colorspace=matrix)
    sent.colorspace = getattr(av.video.reformatter.Colorspace, matrix)
    assert to_rgb(sent).mean(axis=(0, 1)) == pytest.approx((200, 60, 90), abs=3)
