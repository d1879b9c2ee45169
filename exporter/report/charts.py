"""The report's charts as SVG text. Pure; colours and fonts come from ``report.css`` by class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from agent.values import LABELS
from exporter.recorder.packing import SessionEvent
from exporter.recorder.session import Figures
from exporter.report.figures import OUTCOMES, READ, ParticipantTimeline, RoomTimeline
from exporter.report.formatting import clock
from exporter.report.marker_flags import marker_flags
from exporter.words import ORDER

WIDTH = 720
LEFT, RIGHT = 44, 6
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200)
"""Seconds between the times on an axis."""

MOST_TICKS = 9
HALF_TIME = 26
"""Half the width of a time with seconds."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Time along a chart: from ``start`` to ``end`` seconds, where ``start`` is the Unix time ``wall``."""

    start: float
    end: float
    wall: float
    utc_offset: int
    left: float = LEFT
    right: float = WIDTH - RIGHT

    def x(self, seconds: float) -> float:
        """Where a time lies, kept inside the chart."""
        share = (seconds - self.start) / (self.end - self.start)
        return round(self.left + (self.right - self.left) * min(max(share, 0.0), 1.0), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Positions and names of round times of day."""
        span = self.end - self.start
        step = next((step for step in STEPS if span / step <= MOST_TICKS), STEPS[-1])
        local = self.wall + self.utc_offset
        first = -(-local // step) * step - local
        for number in range(MOST_TICKS + 1):
            seconds = first + number * step
            if seconds <= span:
                name = clock(self.wall + seconds, self.utc_offset)
                if step < 60:
                    name += f":{round(local + seconds) % 60:02d}"
                yield self.x(self.start + seconds), name


def room_chart(
    timeline: RoomTimeline, axis: Axis, markers: Sequence[SessionEvent], alerts: Sequence[SessionEvent]
) -> str:
    """The shares of the expressions, stacked, with numbered markers above and alerts as bars below them."""
    lanes = _lanes(alerts)
    top = (20.0 if markers else 6.0) + 9 * len(lanes)
    bottom = top + 190
    parts = [_time_grid(axis, top, bottom), *_share_grid(axis, top, bottom)]
    parts += _stack(timeline, axis, top, bottom)
    for lane, events in enumerate(lanes):
        y = top - 9 * (len(lanes) - lane)
        parts += [_alert_bar(event, axis, y) for event in events]
    parts += _markers(markers, axis, bottom)
    return _svg("room", bottom + 20, parts, "The share of each expression in the room over time")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the room: its class in the style sheet, its lowest value (the highest is 1), its name."""

    kind: str
    low: float
    name: str
    text: str


def line_chart(values: Figures, edges: Figures, axis: Axis, measure: Measure) -> str:
    """One figure over time; gaps stay gaps."""
    low, high = measure.low, 1.0
    top, bottom = 5.0, 61.0

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * (min(max(value, low), high) - low) / (high - low), 1)

    middle = (edges[:-1] + edges[1:]) / 2
    parts = [_time_grid(axis, top, bottom, named=False)]
    for value in (low, (low + high) / 2, high):
        parts.append(f'<path class="grid" d="M{axis.left} {y(value)}H{axis.right}"/>')
        parts.append(_text(axis.left - 6, y(value) + 3.5, _signed(value) if low < 0 else f"{value:g}", "end"))
    for run in _known(values):
        points = [(axis.x(float(middle[index])), y(float(values[index]))) for index in run]
        if len(points) == 1:
            points.append((points[0][0] + 1.5, points[0][1]))
        parts.append(f'<path class="line {measure.kind}" d="{_path(points)}"/>')
    return _svg("figure", bottom + 6, parts, f"{measure.name} over time")


def count_chart(timeline: RoomTimeline, axis: Axis) -> str:
    """How many tiles there were, in how many a face was found, and how many of these were read."""
    top, bottom = 8.0, 92.0
    most = max(float(np.nanmax(timeline.counts[:, 0], initial=1.0)), 1.0)
    parts = [_time_grid(axis, top, bottom)]
    for value in (0.0, most):
        y = bottom - (bottom - top) * value / most
        parts.append(f'<path class="grid" d="M{axis.left} {y}H{axis.right}"/>')
        parts.append(_text(axis.left - 6, y + 3.5, f"{value:.0f}", "end"))
    for column, kind in enumerate(("tiles", "faces", "read")):
        values = timeline.counts[:, column]
        for run in _known(values):
            upper = [
                (x, round(bottom - (bottom - top) * float(values[index]) / most, 1))
                for index in run
                for x in (axis.x(float(timeline.edges[index])), axis.x(float(timeline.edges[index + 1])))
            ]
            shape = f"{_path(upper)}V{bottom}H{upper[0][0]}Z"
            parts.append(f'<path class="area {kind}" d="{shape}"/>')
    return _svg("counts", bottom + 20, parts, "How many tiles, faces and readings there were over time")


def strip_chart(timelines: Sequence[ParticipantTimeline], axis: Axis) -> str:
    """Some participants, one line each, in the order given, under the times."""
    height, gap, top = 11, 5, 16
    bottom = top + len(timelines) * (height + gap)
    parts = []
    for x, name in axis.ticks():
        parts.append(f'<path class="grid" d="M{x} {top - 2}V{bottom}"/>')
        parts.append(_time(axis, x, 9, name))
    for index, timeline in enumerate(timelines):
        y = top + index * (height + gap)
        parts.append(
            f'<g><title>{escape(timeline.id)}</title><path class="well" d="M{axis.left} {y + height / 2}'
        )
        parts.append(f'H{axis.right}"/>')
        parts.append(_text(0, y + 9, timeline.id, "start", "who"))
        place = f"row {timeline.row + 1}, place {timeline.col + 1}"
        parts.append(_text(axis.left - 8, y + 9, place, "end", "place"))
        parts += _strip_paths(timeline, axis, y, height)
        parts.append("</g>")
    return _svg("strips", bottom, parts, "What was read of each participant over time")


def share_bar(shares: Sequence[tuple[str, float]]) -> str:
    """One bar cut into shares; the names are classes."""
    x, parts = 0.0, []
    for name, share in shares:
        width = share * WIDTH
        if width >= 0.5:
            parts.append(f'<rect class="fill {name}" x="{x:.1f}" y="0" width="{width:.1f}" height="24"/>')
        if width >= 34:
            parts.append(_text(x + width / 2, 16, f"{share * 100:.0f} %", "middle", f"on {name}"))
        x += width
    return _svg("shares", 24, parts, "Shares")


def patterns() -> str:
    """The hatching of what was not read, defined once for the page."""
    return (
        '<svg class="defs" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="under" width="4" height="4"/>'
        '<path class="stroke" d="M0 0V4"/></pattern></defs></svg>'
    )


def _stack(timeline: RoomTimeline, axis: Axis, top: float, bottom: float) -> Iterator[str]:
    order = [LABELS.index(label) for label in ORDER]
    shares = timeline.scores[:, order]
    total = np.nansum(shares, axis=1, keepdims=True)
    # From the bottom up: the pleasant ones first, as on the dashboard.
    upper = np.cumsum(shares / np.where(total > 0, total, 1.0), axis=1)
    lower = np.concatenate((np.zeros((len(upper), 1)), upper[:, :-1]), axis=1)

    def y(share: float) -> float:
        return round(bottom - (bottom - top) * share, 1)

    middle = (timeline.edges[:-1] + timeline.edges[1:]) / 2
    for run in _known(shares[:, 0]):
        # A run reaches from the beginning of its first bin to the end of its last.
        at = [axis.x(float(timeline.edges[run[0]])), *(axis.x(float(middle[index])) for index in run)]
        at.append(axis.x(float(timeline.edges[run[-1] + 1])))
        rows = [run[0], *run, run[-1]]
        for column, label in enumerate(ORDER):
            over = [(x, y(float(upper[row, column]))) for x, row in zip(at, rows, strict=True)]
            under = [(x, y(float(lower[row, column]))) for x, row in zip(at, rows, strict=True)]
            yield f'<path class="band {label}" d="{_path([*over, *reversed(under)])}Z"/>'


def _known(values: Figures) -> Iterator[list[int]]:
    """The indices of the values that are there, cut at gaps."""
    known = np.flatnonzero(~np.isnan(values))
    for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if len(run):
            yield run.tolist()


def _strip_paths(timeline: ParticipantTimeline, axis: Axis, y: float, height: float) -> Iterator[str]:
    """One path for each kind of thing shown, whatever the number of runs."""
    shapes: dict[str, list[str]] = {}
    for run in timeline.runs:
        name = OUTCOMES[run.code]
        left, right = axis.x(run.start), axis.x(run.end)
        top, high = (y, height) if run.code < READ else (y + 2, height - 4)
        if name == "camera_off":
            top, high = y + height / 2 - 1, 2
        kind = name if run.code < READ or name in {"camera_off", "no_face"} else "unread"
        shapes.setdefault(kind, []).append(f"M{left} {top}h{right - left:.1f}v{high}h{left - right:.1f}z")
    for kind, parts in shapes.items():
        yield f'<path class="fill {kind}" d="{"".join(parts)}"/>'


def _lanes(alerts: Sequence[SessionEvent]) -> list[list[SessionEvent]]:
    """Alerts of one name share a lane, at most six lanes; the last takes the rest."""
    names = list(dict.fromkeys(alert.name for alert in alerts))
    lanes: list[list[SessionEvent]] = [[] for _ in range(min(len(names), 6))]
    for alert in alerts:
        lanes[min(names.index(alert.name), 5)].append(alert)
    return lanes


def _alert_bar(event: SessionEvent, axis: Axis, y: float) -> str:
    left = axis.x(event.since)
    right = max(axis.x(axis.end if event.until is None else event.until), left + 2)
    return (
        f'<rect class="alert" x="{left}" y="{y:.1f}" width="{right - left:.1f}" height="5" rx="1.5">'
        f"<title>{escape(event.name)}: {escape(event.text)}</title></rect>"
    )


def _markers(markers: Sequence[SessionEvent], axis: Axis, bottom: float) -> Iterator[str]:
    """A line for each marker, and above them their numbers: in a circle, or several in one flag."""
    places = [axis.x(event.since) for event in markers]
    for flag in marker_flags(places, 0.0, WIDTH):
        own = range(flag.first - 1, flag.last)
        told = "; ".join(markers[index].text for index in own)
        lines = "".join(f"M{places[index]} 20V{bottom}" for index in own)
        left = round(flag.at - flag.width / 2, 1)
        yield (
            f'<g class="marker"><title>{escape(told)}</title>'
            f'<path d="M{flag.at} 14L{flag.marked} 20{lines}"/>'
            f'<rect x="{left}" y="1" width="{flag.width:g}" height="14" rx="7"/>'
            f"{_text(flag.at, 11.5, flag.text, 'middle')}</g>"
        )


def _time_grid(axis: Axis, top: float, bottom: float, *, named: bool = True) -> str:
    return "".join(
        f'<path class="grid" d="M{x} {top}V{bottom}"/>{_time(axis, x, bottom + 14, name) if named else ""}'
        for x, name in axis.ticks()
    )


def _time(axis: Axis, x: float, y: float, name: str) -> str:
    """A time below its line, or at the end of the chart where it would reach over it."""
    over = x > axis.right - HALF_TIME
    return _text(axis.right, y, name, "end") if over else _text(x, y, name)


def _share_grid(axis: Axis, top: float, bottom: float) -> Iterator[str]:
    for share in (0, 50, 100):
        y = bottom - (bottom - top) * share / 100
        yield f'<path class="grid" d="M{axis.left} {y}H{axis.right}"/>'
        yield _text(axis.left - 6, y + 3.5, f"{share} %", "end")


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _signed(value: float) -> str:
    return f"{value:+g}".replace("-", "\u2212") if value else "0"


def _text(x: float, y: float, text: str, anchor: str = "middle", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(kind: str, height: float, parts: Iterable[str], title: str) -> str:
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )
