"""What is drawn, pixel by pixel: the gauge's words fit, an alert is no label, quiet words can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from agent.values import Pixels
from exporter.native.chips import place_chip, sizes_of
from exporter.native.gauge import SIZE, GaugeContent
from exporter.native.geometry import Rect
from exporter.native.scene import SETTLED_ALPHA, DrawnTile
from exporter.native.state import STATUS_TEXTS, OverlayHealth
from exporter.native.symbols import COLOURS
from exporter.native.tile_texts import NOT_INFERRED, TileLook
from exporter.words import ORDER

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPainter

TILE = Rect(0, 0, 320, 180)
QUIET_LOOK = TileLook("abstained", "unsure", None, 0.0)
PAPER = 190
"""The level of a light wall behind a student."""


@pytest.fixture(scope="module", autouse=True)
def application() -> Iterator[None]:
    """Fonts need one; it shows no window."""
    pytest.importorskip("PySide6", reason="nothing to draw with: install PySide6-Essentials")
    from PySide6.QtGui import QGuiApplication

    # Only while it is made: programs that later tests start in this process's environment need a screen.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QT_QPA_PLATFORM", "offscreen")
        made = QGuiApplication.instance() or QGuiApplication(["test"])
    yield
    del made


def image(width: int, height: int, level: int = PAPER) -> tuple[QImage, QPainter]:
    from PySide6.QtGui import QColor, QImage, QPainter

    picture = QImage(width, height, QImage.Format.Format_RGB888)
    picture.fill(QColor(level, level, level))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return picture, painter


def pixels(picture: QImage) -> Pixels:
    flat = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return flat[:, : picture.width() * 3].reshape(picture.height(), picture.width(), 3).copy()


def tile(look: TileLook, *, chip: bool, alert: bool = False, level: int = PAPER) -> Pixels:
    from exporter.native.qt_paint import draw_tile

    place = None
    if chip:
        place = place_chip(TILE, Rect(120, 50, 70, 70), sizes_of(look.word, read=look.label is not None))
    picture, painter = image(320, 180, level)
    draw_tile(painter, DrawnTile(TILE, place, look, alert, SETTLED_ALPHA if look.label is None else 1.0))
    painter.end()
    return pixels(picture)


def gauge(content: GaugeContent, mark: str = "") -> Pixels:
    from exporter.native.qt_paint import draw_gauge

    picture, painter = image(round(SIZE[0]), round(SIZE[1]))
    draw_gauge(painter, SIZE, content, mark)
    painter.end()
    return pixels(picture)


def look(label: str) -> TileLook:
    return TileLook(label, label, label, 0.8)


def luminance(level: float) -> float:
    """WCAG 2's relative luminance of a grey level 0..255."""
    share = level / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("mark", [NOT_INFERRED, *(text for text in STATUS_TEXTS.values() if text)])
def test_a_mark_fits_into_the_gauge(mark: str) -> None:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QFontMetricsF

    from exporter.native.qt_paint import wrapped

    room = QRectF(0, 0, SIZE[0] - 28, 40)
    needed = QFontMetricsF(wrapped(mark, room)).boundingRect(room, Qt.TextFlag.TextWordWrap, mark)
    assert needed.width() <= room.width()
    assert needed.height() <= room.height()


def test_under_a_mark_the_gauge_shows_less_strongly_how_things_were() -> None:
    content = GaugeContent(
        "Most faces: happy", "9 of 9 faces read", (("happy", 1.0),), (((20.0, 0.2), (0.0, 0.4)),)
    )
    now, before = (gauge(content, mark)[56].astype(int) for mark in ("", STATUS_TEXTS[OverlayHealth.LOST]))
    middle = slice(60, 190)
    strength = (now[middle].max(axis=1) - now[middle].min(axis=1)).mean()
    assert (before[middle].max(axis=1) - before[middle].min(axis=1)).mean() < strength / 2


def test_the_gauge_draws_no_line_over_a_gap_in_the_trend() -> None:
    before, after = ((100.0, -1.0), (70.0, -1.0)), ((30.0, -1.0), (0.0, -1.0))
    cut, whole, none = (
        gauge(GaugeContent("", "", (), lines)) for lines in ((before, after), (before + after,), ())
    )
    with_line = (whole != none).any(axis=2).any(axis=0)
    inside = np.flatnonzero(with_line)
    middle = slice(inside[0] + round(0.4 * len(inside)), inside[0] + round(0.6 * len(inside)))
    assert with_line[middle].all()
    assert (cut[:, middle] == none[:, middle]).all()
    assert (cut != none).any()


def test_what_can_never_be_filled_is_not_drawn() -> None:
    """The bar's ground and the dotted middle of the trend."""
    usual, withheld = (
        gauge(content, "")[50:95, 20:230]
        for content in (GaugeContent(), GaugeContent(NOT_INFERRED, attention=""))
    )
    assert usual.std() > 1
    assert withheld.std(axis=(0, 1)).max() == 0


@pytest.mark.parametrize("label", ORDER)
def test_an_alert_without_chips_looks_like_no_label(label: str) -> None:
    alerted = tile(look(label), chip=False, alert=True)
    for other in ORDER:
        plain = tile(look(other), chip=False)
        assert (np.abs(alerted.astype(int) - plain).max(axis=2) > 60).sum() > 150
    # And the label is told as before, between the dashes.
    own = np.array([int(COLOURS[label][at : at + 2], 16) for at in (1, 3, 5)])
    assert (np.abs(alerted.astype(int) - own).max(axis=2) < 12).sum() > 150


def test_an_alert_without_a_reading_is_told_too() -> None:
    alerted = tile(QUIET_LOOK, chip=False, alert=True)
    assert all((alerted != tile(look(label), chip=False)).any() for label in ORDER)


@pytest.mark.parametrize("level", [20, PAPER, 255])
def test_quiet_words_can_be_read_on_dark_and_light(level: int) -> None:
    drawn = tile(QUIET_LOOK, chip=True, level=level)
    changed = np.argwhere((drawn != level).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    chip = drawn[top + 2 : bottom - 1, left + 3 : right - 2].mean(axis=2)
    ground, ink = luminance(float(np.median(chip))), luminance(float(chip.max()))
    assert (ink + 0.05) / (ground + 0.05) > 3


def test_no_line_runs_through_a_chips_words() -> None:
    plain, alerted = (tile(QUIET_LOOK, chip=True, alert=alert).astype(int) for alert in (False, True))
    place = place_chip(TILE, Rect(120, 50, 70, 70), sizes_of("unsure", read=False)).rect
    inside = (
        slice(int(place.top) + 2, int(place.bottom) - 2),
        slice(int(place.left) + 2, int(place.right) - 2),
    )
    assert (alerted != plain).any()
    assert np.array_equal(alerted[inside], plain[inside])
