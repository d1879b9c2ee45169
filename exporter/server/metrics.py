"""The text of ``/metrics``, in the format of the OpenMetrics specification, version 1.0.

Written without a client library: the format is a page of text, and a library would keep global registries,
shared by two servers in one process (as in the tests).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exporter.protocol.messages import RoomMessage

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
BUCKETS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the histogram's buckets, in seconds: fine around one frame at 5 to 30 frames a second."""


@dataclass(slots=True)
class Histogram:
    """A histogram of durations in seconds; ``counts`` are per bucket and become cumulative in the output."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        place = next((index for index, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))
        self.counts[place] += 1
        self.total += seconds


@dataclass(slots=True)
class Metrics:
    """All counters of the running feed; used only in the hub's thread."""

    frames: int = 0
    dropped: int = 0
    failed: int = 0
    sent: int = 0
    clients: int = 0
    refused: int = 0
    closed: dict[int, int] = field(default_factory=dict)
    age: Histogram = field(default_factory=Histogram)
    last: RoomMessage | None = None

    def count_frame(self, message: RoomMessage) -> None:
        """Count a published message, after the privacy filter.

        A message while paused or not live, or one that repeats the last readings, counts as no frame and no
        age.
        """
        # The source's count restarts at 0 when it is reopened; an OpenMetrics counter must never fall.
        before = self.last.source.dropped if self.last is not None else 0
        now = message.source.dropped
        self.dropped += now - before if now >= before else now
        self.failed = message.source.failed
        is_new = self.last is None or message.time != self.last.time
        if is_new and message.source.state == "live" and not message.source.paused:
            self.frames += 1
            self.age.observe(message.age_ms / 1000)
        self.last = message

    def count_refusal(self) -> None:
        """Count a refused request."""
        self.refused += 1

    def count_close(self, code: int) -> None:
        """Count a client that the agent closed with ``code``."""
        self.closed[code] = self.closed.get(code, 0) + 1

    def render(self) -> str:
        """The OpenMetrics exposition, ending in ``# EOF``."""
        return "\n".join([*self._feed(), *self._age(), *self._room(), "# EOF", ""])

    def _feed(self) -> Iterator[str]:
        yield from _one("frames", "counter", "Frames analysed and published.", self.frames)
        yield from _one(
            "dropped_frames", "counter", "Frames replaced unread, or never decoded.", self.dropped
        )
        yield from _one("failed_frames", "counter", "Frames that could not be read.", self.failed)
        yield from _one("messages_sent", "counter", "Room messages sent to clients.", self.sent)
        yield from _one("requests_refused", "counter", "Requests without the right to come in.", self.refused)
        yield from _one("clients", "gauge", "Clients that follow the feed now.", self.clients)
        yield from _head("clients_closed", "counter", "Clients that the agent closed, by close code.")
        for code, count in sorted(self.closed.items()):
            yield f'readtheroom_clients_closed_total{{code="{code}"}} {count}'

    def _age(self) -> Iterator[str]:
        yield from _head(
            "frame_age_seconds", "histogram", "Time from capture to published reading.", "seconds"
        )
        running = 0
        for bound, count in zip((*BUCKETS, None), self.age.counts, strict=True):
            running += count
            limit = "+Inf" if bound is None else str(bound)
            yield f'readtheroom_frame_age_seconds_bucket{{le="{limit}"}} {running}'
        yield f"readtheroom_frame_age_seconds_count {running}"
        yield f"readtheroom_frame_age_seconds_sum {self.age.total:.6f}"

    def _room(self) -> Iterator[str]:
        if self.last is None:
            return
        room = self.last.room
        yield from _one(
            "source_live", "gauge", "1 while frames arrive.", int(self.last.source.state == "live")
        )
        paused = int(self.last.source.paused)
        yield from _one("source_paused", "gauge", "1 while nothing is read because somebody paused.", paused)
        yield from _one("tiles", "gauge", "Tiles in the gallery.", room.tiles)
        yield from _one("faces", "gauge", "Tiles with a face.", room.faces)
        load = self.last.load
        yield from _one("cpu_share", "gauge", "Share of one core that the analysis uses.", load.used)
        yield from _one("tiles_waiting", "gauge", "Tiles whose turn has not come yet.", load.waiting)
        if load.budget is not None:
            yield from _one("cpu_budget", "gauge", "Share of one core that it may use.", load.budget)
        yield from _one("faces_read", "gauge", "Faces of which an expression is said.", room.read)
        for name in ("valence", "arousal", "attention", "motivation"):
            value = getattr(room, name)
            if value is not None:
                yield from _one(f"room_{name}", "gauge", f"The room's {name}.", value)
        if room.scores is not None:
            yield from _head("room_score", "gauge", "The room's share of each expression.")
            for label in room.scores.__struct_fields__:
                yield f'readtheroom_room_score{{label="{label}"}} {getattr(room.scores, label)}'


def _head(name: str, kind: str, text: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE readtheroom_{name} {kind}"
    if unit:
        yield f"# UNIT readtheroom_{name} {unit}"
    yield f"# HELP readtheroom_{name} {text}"


def _one(name: str, kind: str, text: str, value: float) -> Iterator[str]:
    yield from _head(name, kind, text)
    yield f"readtheroom_{name}{'_total' if kind == 'counter' else ''} {value}"
