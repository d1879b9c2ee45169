"""The supervised source: live, stalled, lost and back, with scripted sources below."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from agent.errors import ConfigError, DisplayError, SourceLostError
from agent.sources.supervised import FIRST_PAUSE, LONGEST_PAUSE, SourceHealth, SupervisedSource
from agent.values import Box, Frame, SourceInfo, SourceState
from tests.waiting import PATIENCE, until

PIXELS = np.zeros((1, 1, 3), np.uint8)
FRAME = Frame(PIXELS, 0.0, 0.0)


class Scripted:
    """Yields what its script says; an exception in it is raised."""

    def __init__(
        self,
        script: list[Frame | Exception | None],
        dropped: int = 0,
        place: Box | None = None,
        kind: str = "camera",
    ) -> None:
        self.info = SourceInfo(kind, "scripted", 1, 1)
        self.script, self.dropped, self.place, self.closed = script, dropped, place, False

    def frames(self) -> Iterator[Frame | None]:
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            yield step

    def close(self) -> None:
        self.closed = True


class Clock:
    """Half a second passes with every look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


def test_a_source_that_ends_ends() -> None:
    with SupervisedSource(lambda: Scripted([FRAME, FRAME])) as source:
        assert list(source.frames()) == [FRAME, FRAME]


def test_a_source_that_was_closed_ends_at_once() -> None:
    source = SupervisedSource(lambda: Scripted([FRAME, FRAME]))
    given = []
    for frame in source.frames():
        given.append(frame)
        source.close()
    assert given == [FRAME]


def test_the_place_on_the_desktop_is_told_while_there_is_a_source() -> None:
    place = Box(10, 20, 800, 600)
    with SupervisedSource(lambda: Scripted([FRAME], 3, place)) as source:
        assert (source.status.place, source.status.dropped) == (place, 3)
        source.close()
        assert (source.status.place, source.status.dropped) == (None, 3)


def test_the_first_failure_is_the_users_to_mend() -> None:
    def fail() -> Scripted:
        raise DisplayError("no display")

    with pytest.raises(DisplayError, match="no display"):
        SupervisedSource(fail)


def test_the_log_tells_waiting_for_a_first_frame_from_frames_that_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody shares a picture yet: that is no trouble."""
    script: list[Frame | Exception | None] = [*[None] * 6, FRAME, *[None] * 6, FRAME]
    with (
        caplog.at_level("INFO", logger="readtheroom"),
        SupervisedSource(lambda: Scripted(script), Clock()) as source,
    ):
        list(source.frames())
    told = [line.removeprefix("scripted: ") for line in caplog.messages]
    assert told == ["waiting for the first frame", "live", "no frames", "live again"]


def test_frames_that_stop_coming_are_a_stall_and_come_back() -> None:
    script = [FRAME, None, None, None, None, None, FRAME]
    with SupervisedSource(lambda: Scripted([*script]), Clock()) as source:
        states = [source.status.state for _ in source.frames()]
    assert states[0] is SourceState.LIVE
    assert SourceState.STALLED in states
    assert states[-1] is SourceState.LIVE


def test_a_lost_source_is_opened_again_and_its_drops_are_kept() -> None:
    made: list[Scripted] = []

    def open_source() -> Scripted:
        if len(made) == 1 and not failed:
            failed.append(True)
            raise ConfigError("source.monitor is 2, but there is only monitor 1")
        script: list[Frame | Exception | None] = [FRAME, SourceLostError("gone")] if not made else [FRAME]
        made.append(Scripted(script, dropped=2))
        return made[-1]

    failed: list[bool] = []
    with SupervisedSource(open_source, Clock()) as source:
        seen = [(frame, source.status.state) for frame in source.frames()]
    assert [frame for frame, _ in seen if frame is not None] == [FRAME, FRAME]
    assert (None, SourceState.LOST) in seen
    assert seen[-1] == (FRAME, SourceState.LIVE)
    assert made[0].closed
    assert failed
    assert source.status.dropped == 4


def test_close_ends_the_wait_for_a_lost_source() -> None:
    opened: list[Scripted] = []

    def open_source() -> Scripted:
        if opened:
            raise SourceLostError("still away")
        opened.append(Scripted([SourceLostError("gone")]))
        return opened[0]

    source = SupervisedSource(open_source)
    worker = threading.Thread(target=lambda: [None for _ in source.frames()])
    worker.start()
    source.close()
    source.close()
    worker.join(timeout=5.0)
    assert not worker.is_alive()


def test_a_source_that_opens_while_it_is_closed_is_closed_too() -> None:
    """Otherwise a camera that came back at that moment would stay open."""
    opened: list[Scripted] = []

    def open_source() -> Scripted:
        opened.append(Scripted([SourceLostError("gone")]))
        if len(opened) == 2:
            source.close()
        return opened[-1]

    source = SupervisedSource(open_source, Clock())
    assert set(source.frames()) == {None}
    assert [one.closed for one in opened] == [True, True]


@pytest.mark.parametrize("is_left", [False, True])
def test_an_address_that_answers_slowly_silences_nobody(*, is_left: bool) -> None:
    """The feed promises a message each second, also while the source is being opened again."""
    answers, opened = threading.Event(), list[Scripted]()

    def open_source() -> Scripted:
        if opened:
            assert answers.wait(PATIENCE)
        script: list[Frame | Exception | None] = [FRAME] if opened else [SourceLostError("gone")]
        opened.append(Scripted(script, kind="media"))
        return opened[-1]

    with SupervisedSource(open_source, Clock()) as source:
        frames = source.frames()
        assert [next(frames) for _ in range(4)] == [None] * 4
        assert len(opened) == 1
        assert source.status.state is SourceState.LOST
        if is_left:
            frames.close()  # type: ignore[attr-defined]
        answers.set()
        assert is_left or FRAME in list(frames)
        until(lambda: len(opened) == 2 and (opened[1].closed or not is_left))


def test_pauses_grow_to_a_bound_and_start_anew_after_a_frame() -> None:
    health = SourceHealth(0.0)
    pauses = [health.lost() for _ in range(8)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    health.saw_frame(1.0)
    assert health.lost() == FIRST_PAUSE
