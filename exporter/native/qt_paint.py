"""Draws chips, borders, marks and the gauge with Qt; content and places are arguments."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from exporter.native.gauge import SPAN, GaugeContent
from exporter.native.geometry import Rect
from exporter.native.scene import BORDER_WIDTH, DrawnTile
from exporter.native.state import ALPHA, OverlayHealth
from exporter.native.symbols import ALERT, COLOURS, GRAVE, INK, QUIET, TEXT, symbol_svg
from exporter.native.tile_texts import TileLook

GROUND_ALPHA, QUIET_GROUND_ALPHA = 0.86, 0.72
ROOM_FOR_SHADOW = 2.0
SOLID: list[float] = []
DASHES = [4.0, 4.0]
"""Lengths of a dash and of a gap, in line widths."""


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A colour with an opacity of 0..1."""
    made = QColor(name)
    made.setAlphaF(alpha)
    return made


def font(pixels: float, *, bold: bool = False) -> QFont:
    """The system's font with a size in pixels."""
    made = QFont()
    made.setStyleHint(QFont.StyleHint.SansSerif)
    made.setPixelSize(max(round(pixels), 6))
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Medium)
    return made


@lru_cache(maxsize=256)
def fitted(word: str, pixels: float, width: float) -> QFont:
    """A bold font in which a word is at most ``width`` wide; the widths of system fonts differ a lot."""
    words = font(pixels, bold=True)
    needed = QFontMetricsF(words).horizontalAdvance(word)
    if needed > width:
        words.setStretch(max(int(100 * width / needed), 50))
    return words


def wrapped(text: str, room: QRectF) -> QFont:
    """The largest of some bold fonts in which the wrapped text fits into a rectangle; else the smallest."""
    for pixels in (14, 12, 11, 10):
        words = font(pixels, bold=True)
        needed = QFontMetricsF(words).boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        if needed.height() <= room.height() and needed.width() <= room.width():
            break
    return words


@lru_cache(maxsize=256)
def symbol(name: str, pixels: int, ratio: float) -> QPixmap:
    """A label's or state's drawing for a screen with this device pixel ratio."""
    picture = QPixmap(round(pixels * ratio), round(pixels * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(symbol_svg(name).encode())).render(painter)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def draw_tile(painter: QPainter, drawn: DrawnTile) -> None:
    """One tile's border and chip."""
    painter.setOpacity(drawn.alpha)
    if drawn.has_border:
        painter.save()
        if drawn.place is not None:
            _leave_out(painter, _qt(drawn.place.rect))
        _draw_border(painter, drawn)
        painter.restore()
    if drawn.place is not None:
        rect, em = _qt(drawn.place.rect), drawn.place.font
        if drawn.look.label is None:
            _draw_quiet(painter, rect, em, drawn.look, small=drawn.place.form in {"mini", "dot"})
        elif drawn.place.form == "mini":
            _draw_mini(painter, rect, em, drawn.look)
        elif drawn.place.form == "dot":
            _draw_dot(painter, rect, drawn.look)
        else:
            _draw_chip(painter, rect, em, drawn.look, slim=drawn.place.form == "slim")
    painter.setOpacity(1.0)


def draw_mark(painter: QPainter, text: str, window: Rect, *, grave: bool) -> None:
    """A badge at the top of the window that says why nothing is shown."""
    size = min(max(min(window.width, window.height) * 0.02, 12.0), 22.0)
    words = font(size, bold=True)
    wide = QFontMetricsF(words).horizontalAdvance(text) + 2.4 * size
    rect = QRectF((window.width - wide) / 2, size, wide, 2.3 * size)
    _panel(painter, rect, rect.height() / 2, colour(GRAVE) if grave else colour(INK, GROUND_ALPHA))
    _say(painter, rect, words, TEXT, text, Qt.AlignmentFlag.AlignCenter)


def draw_gauge(painter: QPainter, size: tuple[float, float], content: GaugeContent, mark: str) -> None:
    """Draw the room gauge: the most frequent label, the share of each label, the trend of valence."""
    width, height = size
    _panel(painter, QRectF(1, 1, width - 2, height - 2), 12, colour(INK, GROUND_ALPHA))
    inner = QRectF(14, 10, width - 28, height - 20)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    sentence = mark or (content.mood if content.attention is not None else "")
    if sentence:
        words = QRectF(inner.left(), inner.top() - 2, inner.width(), 40)
        _say(painter, words, wrapped(sentence, words), TEXT, sentence, left | Qt.TextFlag.TextWordWrap)
    if mark:
        # The content is outdated while there is a mark.
        painter.setOpacity(ALPHA[OverlayHealth.STALE])
    elif not sentence:
        top = QRectF(inner.left(), inner.top(), inner.width(), 18)
        mood = content.mood or "Nothing read yet"
        _say(painter, top, fitted(mood, 14, top.width()), TEXT, mood, left)
        below = QRectF(inner.left(), inner.top() + 19, inner.width(), 15)
        _say(painter, below, font(11), QUIET, content.read, left)
    if content.attention is None:
        _draw_shares(painter, QRectF(inner.left(), inner.top() + 40, inner.width(), 12), content.parts)
        _draw_trend(
            painter, QRectF(inner.left(), inner.top() + 58, inner.width(), inner.height() - 58), content
        )
    else:
        for down, said in ((44, content.read), (62, content.attention)):
            _say(
                painter,
                QRectF(inner.left(), inner.top() + down, inner.width(), 15),
                font(11),
                QUIET,
                said,
                left,
            )
    painter.setOpacity(1.0)


def _qt(rect: Rect) -> QRectF:
    return QRectF(rect.left, rect.top, rect.width, rect.height)


def _panel(painter: QPainter, rect: QRectF, radius: float, ground: QColor, *, edge: bool = True) -> None:
    painter.setPen(QPen(colour("#ffffff", 0.14), 1.0) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def _say(  # noqa: PLR0913, PLR0917 - what, where and how of one drawn word
    painter: QPainter, rect: QRectF, words: QFont, ink: str, text: str, align: Qt.AlignmentFlag
) -> None:
    painter.setFont(words)
    painter.setPen(colour(ink))
    painter.drawText(rect, align, text)


def _draw_symbol(painter: QPainter, name: str, left: float, top: float, size: float) -> None:
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(QPointF(left, top), symbol(name, max(round(size), 1), ratio))


def _bar(painter: QPainter, rect: QRectF, look: TileLook) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(colour("#ffffff", 0.22))
    painter.drawRoundedRect(rect, radius, radius)
    painter.setBrush(colour(COLOURS[look.symbol]))
    filled = QRectF(rect.left(), rect.top(), max(rect.width() * look.level, rect.height()), rect.height())
    painter.drawRoundedRect(filled, radius, radius)


def _draw_chip(painter: QPainter, rect: QRectF, em: float, look: TileLook, *, slim: bool) -> None:
    """Draw symbol, word and bar; ``slim`` is a low line with the bar below."""
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    _panel(painter, rect, (0.45 if slim else 0.62) * em, colour(INK, GROUND_ALPHA))
    size, pad = (1.1 if slim else 1.45) * em, (0.25 if slim else 0.3) * em
    lift = 0.1 * em if slim else 0.0
    _draw_symbol(painter, look.symbol, rect.left() + pad, rect.center().y() - size / 2 - lift, size)
    start = rect.left() + pad + size + (0.34 if slim else 0.42) * em
    end = rect.right() - 0.5 * em
    if slim:
        line = QRectF(start, rect.top(), end - start + 0.3 * em, rect.height() - 0.2 * em)
        _say(painter, line, fitted(look.word, em * 0.94, line.width()), TEXT, look.word, left)
        _bar(
            painter,
            QRectF(rect.left() + 0.3 * em, rect.bottom() - 0.24 * em, rect.width() - 0.6 * em, 0.16 * em),
            look,
        )
        return
    line = QRectF(start, rect.top() + 0.2 * em, end - start + 0.3 * em, 1.15 * em)
    _say(painter, line, fitted(look.word, em, line.width()), TEXT, look.word, left)
    _bar(painter, QRectF(start, rect.top() + 1.48 * em, end - start, 0.24 * em), look)


def _draw_mini(painter: QPainter, rect: QRectF, em: float, look: TileLook) -> None:
    """The symbol over its bar."""
    _panel(painter, rect, 0.5 * em, colour(INK, GROUND_ALPHA))
    _draw_symbol(painter, look.symbol, rect.center().x() - 0.7 * em, rect.top() + 0.2 * em, 1.4 * em)
    _bar(
        painter,
        QRectF(rect.left() + 0.25 * em, rect.bottom() - 0.42 * em, rect.width() - 0.5 * em, 0.24 * em),
        look,
    )


def _draw_dot(painter: QPainter, rect: QRectF, look: TileLook) -> None:
    """The symbol alone."""
    _panel(painter, rect, 0.3 * rect.height(), colour(INK, GROUND_ALPHA), edge=False)
    size = 0.84 * rect.height()
    _draw_symbol(painter, look.symbol, rect.center().x() - size / 2, rect.center().y() - size / 2, size)


def _draw_quiet(painter: QPainter, rect: QRectF, em: float, look: TileLook, *, small: bool) -> None:
    """Draw a chip without a reading, less visible than others."""
    _panel(painter, rect, 0.5 * em, colour(INK, QUIET_GROUND_ALPHA), edge=False)
    size = min(1.05 * em, rect.height())
    if small:
        _draw_symbol(painter, look.symbol, rect.center().x() - size / 2, rect.center().y() - size / 2, size)
        return
    _draw_symbol(painter, look.symbol, rect.left() + 0.4 * em, rect.center().y() - size / 2, size)
    line = rect.adjusted(0.4 * em + size + 0.35 * em, 0, 0, 0)
    align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    _say(painter, line, font(0.86 * em), QUIET, look.word, align)


def _draw_border(painter: QPainter, drawn: DrawnTile) -> None:
    """Draw a line inside the tile's edge, open at the name, in the label's or the alert's colour.

    The label's colour is used if there is no chip. The line has dark rims, so that it is visible on any
    picture. Without a chip an alert is shown by white dashes: amber alone is too similar to the colours of
    two labels.
    """
    is_alone = drawn.place is None
    line = COLOURS[drawn.look.label] if is_alone and drawn.look.label else ALERT
    strokes = [(colour(INK, 0.7), BORDER_WIDTH, SOLID), (colour(line), BORDER_WIDTH - 1.2, SOLID)]
    if is_alone and drawn.alert:
        strokes.append((colour(TEXT), BORDER_WIDTH - 1.2, DASHES))
    half = BORDER_WIDTH / 2
    edge = _qt(drawn.border).adjusted(half, half, -half, -half)
    down, right = drawn.gap
    path = QPainterPath(QPointF(edge.left(), down - half))
    for corner in (edge.topLeft(), edge.topRight(), edge.bottomRight()):
        path.lineTo(corner)
    path.lineTo(QPointF(right + half, edge.bottom()))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, wide, dashes in strokes:
        pen = QPen(ink, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        if dashes:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(dashes)
        painter.setPen(pen)
        painter.drawPath(path)


def _leave_out(painter: QPainter, rect: QRectF) -> None:
    """Exclude a rectangle from drawing: a line behind a chip would show through its words."""
    kept = QPainterPath()
    kept.addRect(QRectF(painter.window()))
    kept.addRect(rect)
    painter.setClipPath(kept, Qt.ClipOperation.IntersectClip)


def _draw_shares(painter: QPainter, rect: QRectF, parts: tuple[tuple[str, float], ...]) -> None:
    """Draw one stacked bar of the labels' shares, from pleasant to unpleasant."""
    shape = QPainterPath()
    shape.addRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.save()
    painter.setClipPath(shape)
    painter.fillRect(rect, colour("#ffffff", 0.12))
    left = rect.left()
    for label, share in parts:
        wide = rect.width() * share
        painter.fillRect(QRectF(left, rect.top(), max(wide - 1, 0), rect.height()), colour(COLOURS[label]))
        left += wide
    painter.restore()


def _draw_trend(painter: QPainter, rect: QRectF, content: GaugeContent) -> None:
    """Draw the valence of the last two minutes; above the middle is pleasant."""
    middle = rect.center().y()
    painter.setPen(QPen(colour("#ffffff", 0.2), 1.0, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
    painter.setPen(QPen(colour(TEXT, 0.9), 1.6))
    points: list[QPointF] = []
    for line in content.trend:
        points = [
            QPointF(rect.right() - age / SPAN * rect.width(), middle - valence * rect.height() / 2)
            for age, valence in line
        ]
        if len(points) > 1:
            painter.drawPolyline(points)
        else:
            painter.drawPoints(points)
    if points:
        painter.setBrush(colour(TEXT))
        painter.drawEllipse(points[-1], 2.2, 2.2)
