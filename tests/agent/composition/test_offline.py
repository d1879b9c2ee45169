"""Reading files offline: what comes of each frame, what privacy.mode holds back, and the reports of them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from agent.composition.offline import (
    InMemoryRecording,
    ReportJob,
    read_file,
    write_report,
)
from agent.configuration.config import Config
from agent.errors import PictureError, RecordError
from agent.values import PrivacyMode, Reason, Snapshot, SourceInfo
from models.card import ModelCard, load_card
from models.weights import EXPRESSION
from tests.agent.composition.drawn import FRAMES, PEOPLE, RATE, SIZE, configured
from tests.exporter.recorder.lessons import lesson as played

CARD = load_card(EXPRESSION)


def nobody(seconds: float, total: float | None) -> None:
    """Follows no progress."""


def test_every_frame_that_is_due_is_read_and_its_time_told(files: Path) -> None:
    opened: list[tuple[SourceInfo, ModelCard]] = []
    passed: list[tuple[float, float | None]] = []
    threads = threading.active_count()
    found = list(
        read_file(
            configured(),
            str(files / "lesson.mp4"),
            lambda seconds, total: passed.append((seconds, total)),
            lambda source, card: opened.append((source, card)),
        )
    )
    assert [seconds for seconds, _ in found] == pytest.approx([0, 0.5, 1])
    assert [snapshot.seq for _, snapshot in found] == [1, 2, 3]
    assert {len(snapshot.readings) for _, snapshot in found} == {PEOPLE}
    assert found[0][1].readings[0].reason is Reason.WARMING_UP
    assert any(reading.emotion for reading in found[-1][1].readings)
    assert [seconds for seconds, _ in passed] == [seconds for seconds, _ in found]
    assert [total for _, total in passed] == pytest.approx([FRAMES / RATE] * 3)
    ((source, card),) = opened
    assert (source.kind, source.name, source.width, source.height) == ("media", "lesson.mp4", *SIZE)
    assert card == CARD
    assert threading.active_count() <= threads


def test_a_picture_is_read_at_once(files: Path) -> None:
    ((seconds, snapshot),) = read_file(configured(), str(files / "moment.png"), nobody)
    assert (seconds, snapshot.seq, len(snapshot.readings)) == (0, 1, PEOPLE)
    assert Reason.WARMING_UP not in {reading.reason for reading in snapshot.readings}


def test_in_mode_room_nothing_of_a_tile_comes_out(files: Path) -> None:
    ((_, snapshot),) = read_file(configured("room"), str(files / "moment.png"), nobody)
    assert snapshot.readings == ()
    assert snapshot.room.tiles == PEOPLE


def test_who_stops_early_leaves_no_thread_behind(files: Path) -> None:
    threads = threading.active_count()
    frames = read_file(configured(), str(files / "lesson.mp4"), nobody)
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert threading.active_count() <= threads


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video" * 100)
    with pytest.raises(PictureError, match=r"a\.mp4"):
        list(read_file(configured(), str(tmp_path / "a.mp4"), nobody))


def taped(config: Config) -> InMemoryRecording:
    recording = InMemoryRecording(config)
    recording.open(SourceInfo("media", "Ada at school.mp4", 1920, 1080), CARD)
    for seq, one in enumerate(played(40)):
        recording.add(seq / 5, one)
    return recording


@pytest.mark.parametrize(
    ("mode", "title"), [("tiles", "Recording Ada at school.mp4"), ("room", "A recorded lesson")]
)
def test_the_report_of_a_tape(mode: PrivacyMode, title: str, tmp_path: Path) -> None:
    recording = taped(configured(mode))
    recording.write_report(tmp_path / "out.html")
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert f"<h1>{title}</h1>" in page
    assert ("Ada at school" in page) == (mode == "tiles")
    assert recording.seconds == pytest.approx(39 / 5)


def test_nothing_read_is_no_report(tmp_path: Path) -> None:
    recording = InMemoryRecording(configured())
    with pytest.raises(RecordError, match="nothing was read"):
        recording.write_report(tmp_path / "out.html")
    recording.open(SourceInfo("media", "a.mp4", 8, 8), CARD)
    with pytest.raises(RecordError, match="nothing was read"):
        recording.write_report(tmp_path / "out.html")
    assert list(tmp_path.iterdir()) == []


def test_a_report_says_how_much_was_read_and_how_fast(files: Path, tmp_path: Path) -> None:
    job = ReportJob(str(files / "lesson.mp4"), tmp_path / "out.html")
    taken: list[float] = []
    done = write_report(configured(), job, nobody, lambda seconds, _: taken.append(seconds))
    assert taken == pytest.approx([0.0, 0.5, 1.0])
    assert done.job == job
    assert done.seconds == pytest.approx(1.5), "the last frame stands for half a second too"
    assert done.took > 0
    assert "<h1>Recording lesson.mp4</h1>" in job.out.read_text(encoding="utf-8")


def test_a_snapshot_is_kept_as_it_came(tmp_path: Path) -> None:
    one: Snapshot = next(played(1))
    recording = InMemoryRecording(configured())
    recording.open(SourceInfo("media", "a.mp4", 8, 8), CARD)
    recording.add(0.0, one)
    recording.write_report(tmp_path / "out.html")
    assert "9 participants" in (tmp_path / "out.html").read_text(encoding="utf-8")
