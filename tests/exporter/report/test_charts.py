"""What the charts of a report draw where things stand close together."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from exporter.recorder.packing import SessionEvent
from exporter.report.charts import WIDTH, Axis, room_chart
from exporter.report.figures import RoomTimeline

AXIS = Axis(0.0, 100.0, 0.0, 0)


def numbers(*seconds: float) -> list[float]:
    """Where the numbers of markers of these times stand, in a chart of a hundred seconds."""
    markers = [SessionEvent(str(time), "marker", "", "a topic", (), "room", time) for time in seconds]
    blank = np.full((1, 7), np.nan)
    drawn = room_chart(
        RoomTimeline(np.array([0.0, 100.0]), blank, blank[:, :4], blank[:, :3]), AXIS, markers, []
    )
    return [float(at) for at in re.findall(r'<text x="([\d.]+)" y="11.5"', drawn)]


def test_no_marker_s_number_hides_another() -> None:
    for seconds in ((50.0, 50.5), (0.0, 0.1, 0.2), (99.0, 99.5, 100.0), (10.0, 90.0)):
        places = numbers(*seconds)
        assert len(places) == len(seconds)
        assert all(after - before >= 14 for before, after in pairwise(places))
        assert all(7 <= place <= WIDTH - 7 for place in places)


def test_a_marker_s_number_stands_over_its_line_where_there_is_room() -> None:
    assert numbers(10.0, 90.0) == [AXIS.x(10.0), AXIS.x(90.0)]


def test_no_time_reaches_over_the_end_of_a_chart() -> None:
    blank = np.full((1, 7), np.nan)
    lasted = RoomTimeline(np.array([0.0, 120.5]), blank, blank[:, :4], blank[:, :3])
    axis = Axis(0.0, 120.5, 0.0, 0)
    drawn = room_chart(lasted, axis, [], [])
    times = dict(re.findall(r'text-anchor="(\w+)">(00:\d\d:\d\d)<', drawn))
    assert times == {"middle": "00:01:45", "end": "00:02:00"}
    assert re.search(rf'x="{axis.right:g}" y="[\d.]+" text-anchor="end">00:02:00<', drawn)
