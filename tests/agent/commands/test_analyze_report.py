"""``readtheroom analyze RECORDING --report``: where its pages go, and where they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.commands.analyze import report_jobs
from agent.errors import ConfigError
from tests.agent.commands.test_report import refused

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("out", "says"), [("nowhere/a.html", "nowhere does not exist"), ("f/a", "f is no folder")]
)
def test_a_place_that_cannot_be_written_is_named_before_anything_is_read(
    home: Path, out: str, says: str, capsys: Capture
) -> None:
    Path("f").write_text("mine", encoding="utf-8")
    # The recording is none: had it been opened first, that would have been said.
    Path("lesson.mp4").write_bytes(b"no video")
    assert says in refused(capsys, "analyze", "lesson.mp4", "--report", out)


def test_a_report_never_overwrites_its_recording(home: Path, capsys: Capture) -> None:
    Path("lesson.mp4").write_bytes(b"no video")
    line = refused(capsys, "analyze", "lesson.mp4", "--report", "./lesson.mp4")
    assert "would overwrite the recording" in line
    assert Path("lesson.mp4").read_bytes() == b"no video"


def test_two_recordings_of_one_name_are_not_written_over_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name the files differently"):
        report_jobs(["a/lesson.mp4", "b/lesson.mp4"], tmp_path)
    names = [job.out.name for job in report_jobs(["a/one.mp4", "b/two.mp4"], tmp_path / "out.html")]
    assert names == ["out-one.html", "out-two.html"]
