"""Pictures: every kind is read as RGB, everything broken is named."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, features

from agent.errors import PictureError
from agent.sources.base import Playback
from agent.sources.media import open_media
from agent.sources.pictures import is_picture, read_picture
from tests.agent.sources.files import HUES, picture, read_all


@pytest.mark.parametrize(
    ("name", "image", "wanted"),
    [
        ("rgb.png", picture("RGB", (10, 20, 30)), (10, 20, 30)),
        ("grey.png", picture("L", 77), (77, 77, 77)),
        ("bits.png", picture("1", 1), (255, 255, 255)),
        ("clear.png", picture("RGBA", (0, 0, 0, 0)), (255, 255, 255)),
        ("solid.png", picture("RGBA", (9, 8, 7, 255)), (9, 8, 7)),
        ("deep.png", picture("I;16", 65535), (255, 255, 255)),
        ("palette.gif", picture("P", 0), (0, 0, 0)),
        ("print.tif", picture("CMYK", (0, 0, 0, 255)), (0, 0, 0)),
        ("one.bmp", picture("RGB", (1, 2, 3), (1, 1)), (1, 2, 3)),
    ],
)
def test_every_kind_of_picture_becomes_rgb(
    tmp_path: Path, name: str, image: Image.Image, wanted: tuple[int, ...]
) -> None:
    image.save(tmp_path / name)
    pixels = read_picture(tmp_path / name)
    assert pixels.shape == (image.height, image.width, 3)
    assert pixels.dtype == np.uint8
    assert tuple(pixels[0, 0]) == wanted


def test_a_picture_of_fractions_is_read_and_what_is_no_number_is_black(tmp_path: Path) -> None:
    levels = np.array([[0.0, 0.5, 1.0], [np.nan, np.inf, -np.inf]], np.float32)
    for top, name in ((1, "fractions.tif"), (255, "levels.tif"), (65535, "deep.tif")):
        Image.fromarray(levels * np.float32(top)).save(tmp_path / name)
        assert read_picture(tmp_path / name)[:, :, 0].tolist() == [[0, 127, 255], [0, 0, 0]]


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_is_a_picture(tmp_path: Path) -> None:
    picture("RGB", (10, 20, 30), (64, 64)).save(tmp_path / "one.avif")
    assert is_picture(tmp_path / "one.avif")
    assert len(read_all(open_media(str(tmp_path / "one.avif"), Playback(realtime=False, hz=5)))) == 1


def test_a_cmyk_jpeg_is_read(tmp_path: Path) -> None:
    picture("CMYK", (0, 0, 0, 0)).save(tmp_path / "print.jpg")
    assert read_picture(tmp_path / "print.jpg").min() > 240


def test_a_rotated_photo_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture("RGB", HUES[0], (8, 4)).save(tmp_path / "phone.jpg", exif=exif)
    assert read_picture(tmp_path / "phone.jpg").shape == (8, 4, 3)


def test_an_8k_picture_is_read(tmp_path: Path) -> None:
    picture("L", 9, (7680, 4320)).save(tmp_path / "8k.png")
    assert read_picture(tmp_path / "8k.png").shape == (4320, 7680, 3)


@pytest.mark.parametrize("size", [(100_000, 100_000), (12_000, 9_000), (9_400, 9_400)])
def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "bomb.png"
    picture("L", 0).save(path)
    content = bytearray(path.read_bytes())
    # The header says the size, and bears a checksum: 8 bytes of signature, then length, "IHDR", 13 bytes.
    content[16:24] = struct.pack(">II", *size)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(bytes(content))
    with pytest.raises(PictureError, match=r"bomb\.png.*too many"):
        read_picture(path)
    with pytest.raises(PictureError, match=r"bomb\.png.*too many"):
        open_media(str(path), Playback(realtime=False, hz=5))


def test_a_picture_whose_texts_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    picture("L", 0).save(path)
    content = path.read_bytes()
    chunk = b"zTXtComment\0\0" + zlib.compress(bytes(50_000_000))
    packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path.write_bytes(content[:33] + packed + content[33:])
    with pytest.raises(PictureError, match=r"bomb\.png cannot be read as a picture"):
        open_media(str(path), Playback(realtime=False, hz=5))


def test_a_picture_is_one_frame_offline(tmp_path: Path) -> None:
    picture("RGB", HUES[1]).save(tmp_path / "a.png")
    source = open_media(str(tmp_path / "a.png"), Playback(realtime=False, hz=5))
    assert source.is_picture
    assert source.info.name == "a.png"
    assert len(read_all(source)) == 1


def test_a_picture_is_repeated_live_until_closed(tmp_path: Path) -> None:
    picture("RGB", HUES[1]).save(tmp_path / "a.png")
    source = open_media(str(tmp_path / "a.png"), Playback(realtime=True, hz=200))
    times = []
    for frame in source.frames():
        assert frame is not None
        times.append(frame.time)
        if len(times) == 3:
            source.close()
    assert times == sorted(times)
    assert len(times) == 3


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("empty.png", b"", "is empty"),
        ("text.png", b"these are words, no picture", "no frame can be read"),
        ("cut.png", None, "cut.png cannot be read"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, name: str, content: bytes | None, wanted: str) -> None:
    path = tmp_path / name
    if content is None:
        Image.effect_noise((64, 64), 50).save(path)
        content = path.read_bytes()[:900]
    path.write_bytes(content)
    with pytest.raises(PictureError, match=wanted) as caught:
        read_all(open_media(str(path), Playback(realtime=False, hz=5)))
    assert name in str(caught.value)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["png", "gif", "jpg", "bmp", "tif"]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255))),
)
def test_damaged_bytes_give_a_picture_or_a_named_error(
    tmp_path: Path, kind: str, damage: list[tuple[int, int]]
) -> None:
    path = tmp_path / f"damaged.{kind}"
    picture("RGB", HUES[2], (12, 9)).save(path)
    content = bytearray(path.read_bytes())
    for place, value in damage:
        content[place % len(content)] = value
    path.write_bytes(bytes(content))
    try:
        pixels = read_picture(path)
    except PictureError as error:
        assert str(path) in str(error)
    else:
        assert pixels.dtype == np.uint8
        assert pixels.shape[2] == 3
