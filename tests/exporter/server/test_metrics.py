"""The metrics page, read line by line as the OpenMetrics specification writes it."""

from __future__ import annotations

import dataclasses
import re

import msgspec

from agent.values import Load, SourceState, SourceStatus
from exporter.protocol.messages import room_message
from exporter.server.metrics import BUCKETS, Metrics
from tests.exporter.samples import snapshot

SAMPLE = re.compile(r'^(readtheroom_[a-z_]+)(\{[a-z]+="[^"]*"\})? (-?[0-9.e+-]+)$')


def _samples(text: str) -> dict[str, float]:
    """All samples; every one must belong to the family that was last described."""
    assert text.endswith("# EOF\n")
    found, family = {}, ""
    for line in text.splitlines()[:-1]:
        if line.startswith("# TYPE "):
            family = line.split()[2]
        elif not line.startswith("#"):
            match = SAMPLE.match(line)
            assert match is not None, line
            assert match[1].startswith(family)
            found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_before_the_first_frame_there_are_no_room_figures() -> None:
    samples = _samples(Metrics().render())
    assert samples["readtheroom_frames_total"] == 0
    assert "readtheroom_tiles" not in samples


def test_what_is_said_while_nothing_is_read_is_no_frame() -> None:
    metrics = Metrics()
    message = room_message(snapshot(1, tiles=4))
    metrics.count_frame(message)
    for state, paused in (("stalled", False), ("lost", False), ("live", True)):
        status = msgspec.structs.replace(message.source, state=state, paused=paused)
        metrics.count_frame(msgspec.structs.replace(message, source=status))
    samples = _samples(metrics.render())
    assert samples["readtheroom_frames_total"] == 1
    assert samples["readtheroom_frame_age_seconds_count"] == 1
    assert (samples["readtheroom_source_live"], samples["readtheroom_source_paused"]) == (1, 1)


def test_frames_that_could_not_be_read_are_counted() -> None:
    metrics = Metrics()
    for wall, (failed, failing) in enumerate(((0, False), (0, False), (2, True), (5, True), (5, False))):
        status = SourceStatus(
            SourceState.STALLED if failing else SourceState.LIVE, 0, False, None, failed, failing
        )
        # The first is said twice: a frame is counted once.
        said = dataclasses.replace(snapshot(1), source=status, wall=float(max(wall, 1)))
        metrics.count_frame(room_message(said))
    samples = _samples(metrics.render())
    assert (samples["readtheroom_frames_total"], samples["readtheroom_failed_frames_total"]) == (2, 5)


def test_counts_and_room_figures() -> None:
    metrics = Metrics()
    for seq, dropped in ((1, 3), (2, 5), (3, 1), (4, 2)):
        metrics.count_frame(room_message(snapshot(seq, tiles=4, dropped=dropped)))
    metrics.count_close(1013)
    samples = _samples(metrics.render())
    assert samples["readtheroom_frames_total"] == 4
    # 3, then 2 more; the source was reopened and counts from nothing: 1, then 1 more.
    assert samples["readtheroom_dropped_frames_total"] == 7
    assert samples['readtheroom_clients_closed_total{code="1013"}'] == 1
    assert samples["readtheroom_faces_read"] == 4
    assert samples['readtheroom_room_score{label="happy"}'] == 0.8
    assert samples["readtheroom_room_motivation"] == 0.61
    assert samples["readtheroom_source_live"] == 1
    assert "readtheroom_cpu_budget" not in samples


def test_the_load_of_the_analysis() -> None:
    metrics = Metrics()
    load = Load(used=0.21, budget=0.25, waiting=3, pause=0.1)
    metrics.count_frame(room_message(dataclasses.replace(snapshot(1), load=load)))
    samples = _samples(metrics.render())
    assert samples["readtheroom_cpu_share"] == 0.21
    assert samples["readtheroom_cpu_budget"] == 0.25
    assert samples["readtheroom_tiles_waiting"] == 3


def test_the_histogram_is_cumulative() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.01, 0.04, 99.0):
        metrics.age.observe(seconds)
    samples = _samples(metrics.render())
    counts = [
        samples[f'readtheroom_frame_age_seconds_bucket{{le="{bound}"}}'] for bound in (*BUCKETS, "+Inf")
    ]
    assert counts == sorted(counts)
    assert (counts[0], counts[3], counts[-1]) == (2, 3, 4)
    assert samples["readtheroom_frame_age_seconds_count"] == 4
