"""``readtheroom analyze RECORDING --report`` on drawn lessons: one, several at once, and what cannot be."""

from __future__ import annotations

import argparse
import inspect
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import psutil
import pytest

from agent.__main__ import main
from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.commands.analyze import report_jobs
from agent.commands.dispatch import prepare_analyze
from agent.errors import ConfigError
from tests.agent.commands.test_report import refused
from tests.paths import ROOT
from tests.program import call, environment

Capture = pytest.CaptureFixture[str]
SECONDS, RATE = 3, 10


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of four drawn participants."""
    path = tmp_path_factory.mktemp("lesson") / "lesson.mp4"
    script, gallery = Script(4, 4), Gallery(Plan(style_named("zoom"), (800, 450)))
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 800, 450, "yuv420p", 4_000_000
        for index in range(SECONDS * RATE):
            drawn = gallery.draw(script.scene_at(3 + index / RATE)).pixels
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawn, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def long_lesson(lesson: Path) -> Path:
    """The same again and again, for two minutes."""
    path = lesson.with_name("long-lesson.mp4")
    with av.open(str(lesson)) as source, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.dts is not None]
        content = [(bytes(packet), packet.is_keyframe) for packet in packets]
        for number, (data, starts) in enumerate(content * 40):
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = number
            packet.is_keyframe = starts
            container.mux(packet)
    return path


def is_report(path: Path, hz: str = "2.0") -> bool:
    text = path.read_text(encoding="utf-8")
    return "lesson" in text and f"{hz} a second" in text and "<svg" in text and "src=" not in text


def test_several_recordings_become_several_reports_and_the_bad_one_is_named(lesson: Path, home: Path) -> None:
    """In worker processes; the good ones are written although one between them is none.

    The configuration's rate reaches them, although it is the program's default and no report needs as much.
    """
    names = ("a-lesson.mp4", "b-lesson.mp4")
    for name in names:
        shutil.copy(lesson, name)
    Path("broken-lesson.mp4").write_bytes(b"no video" * 100)
    Path("out").mkdir()
    files = [str(Path(name).resolve()) for name in (names[0], "broken-lesson.mp4", names[1])]
    Path("mine.yaml").write_text("analysis: {hz: 5.0}", encoding="utf-8")
    told = ("--config", str(Path("mine.yaml").resolve()))
    done = call("analyze", *files, "--report", str(Path("out").resolve()), *told)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (trouble,) = [line for line in done.stderr.splitlines() if line.startswith("readtheroom: ")]
    assert "broken-lesson.mp4" in trouble
    assert sorted(path.name for path in Path("out").iterdir()) == ["a-lesson.html", "b-lesson.html"]
    assert all(is_report(path, "5.0") for path in Path("out").iterdir())


INTERRUPTIBLE = """
import signal, sys
from agent.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.exit(main())
"""
"""The command where both signals count even if whoever runs the tests has them ignored, in the background or
under nohup."""


def workers_of(pid: int) -> list[psutil.Process]:
    """The processes that read recordings; multiprocessing has one more, which keeps its resources."""
    every = psutil.Process(pid).children(recursive=True)
    return [one for one in every if any("spawn_main" in word for word in one.cmdline())]


def imports(worker: psutil.Process) -> bool:
    """Whether it runs Python by now; that takes a hundredth of a second, and all imports more than one."""
    return worker.cpu_times().user > 0.2


def reads(worker: psutil.Process) -> bool:
    return any(file.path.endswith(".mp4") for file in worker.open_files())


@contextmanager
def analyzing(
    lesson: Path, out: Path, at_work: Callable[[psutil.Process], bool]
) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """The program that reads two recordings, in a session of its own, and its workers, all at work."""
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(lesson, name)
    files = [str(Path(name).resolve()) for name in ("a.mp4", "b.mp4")]
    command = [sys.executable, "-c", INTERRUPTIBLE, "analyze", *files, "--hz", "10", "--report", str(out)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT, env=environment()
    ) as run:
        workers: list[psutil.Process] = []
        while not workers or not all(map(at_work, workers)):
            assert run.poll() is None, run.communicate()
            time.sleep(0.02)
            workers = workers_of(run.pid)
        try:
            yield run, workers
        finally:
            for one in workers:
                if one.is_running():
                    one.kill()


@pytest.mark.parametrize("at_work", [imports, reads])
def test_ctrl_c_ends_the_workers_at_once_and_silently(
    at_work: Callable[[psutil.Process], bool], long_lesson: Path, home: Path
) -> None:
    """The terminal sends Ctrl-C to all of them."""
    with analyzing(long_lesson, home, at_work) as (run, workers):
        begun = time.monotonic()
        os.killpg(run.pid, signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130, said
        assert said == ""
        assert time.monotonic() - begun < 10
        assert not psutil.wait_procs(workers, timeout=10)[1]
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("end", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_workers_do_not_outlive_the_program(
    end: signal.Signals, code: int, long_lesson: Path, home: Path
) -> None:
    """As `kill`, a closed terminal and a lack of memory end it: the program alone."""
    with analyzing(long_lesson, home, reads) as (run, workers):
        run.send_signal(end)
        _, said = run.communicate(timeout=30)
        assert run.returncode == code
        assert not psutil.wait_procs(workers, timeout=10)[1]
    assert list(home.iterdir()) == []
    # Nothing can be done against the words of multiprocessing about a program that was killed.
    assert said == "" or end == signal.SIGKILL


def test_one_recording_becomes_a_report_beside_a_summary(lesson: Path, home: Path, capsys: Capture) -> None:
    assert main(["analyze", str(lesson), "--report", "out.html"]) == 0
    said = capsys.readouterr()
    assert "a gallery of 4 tiles" in said.out
    assert re.search(
        r"^wrote out\.html \(\d s read in \d+ s, 2 frames a second, \d+ times as fast", said.err, re.MULTILINE
    )
    assert [path.name for path in Path().iterdir()] == ["out.html"]
    assert is_report(Path("out.html"))


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (
            ("--report", "x.pdf"),
            "--report x.pdf would hold a page of HTML, whatever its name: call it x.html",
        ),
        (("--csv", "x.html"), "--csv x.html would hold a table as CSV, whatever its name: call it x.csv"),
    ],
)
def test_an_ending_that_is_another_kinds_is_refused_before_anything_is_read(
    home: Path, flags: tuple[str, ...], says: str, capsys: Capture
) -> None:
    assert says in refused(capsys, "analyze", "gone.mp4", *flags)
    assert not list(Path().iterdir())


@pytest.mark.parametrize("hz", [5.0, 10.0])
def test_a_rate_that_the_configuration_sets_counts_for_reports(home: Path, hz: float) -> None:
    """Be it the program's default, and more than a report needs: the command that is made has this rate."""
    Path("mine.yaml").write_text(f"analysis: {{hz: {hz}}}", encoding="utf-8")
    options = argparse.Namespace(config=Path("mine.yaml"), report=Path("out.html"), csv=None, json=False)
    config = inspect.getclosurevars(prepare_analyze(options)).nonlocals["config"]
    assert config.analysis.hz == hz


@pytest.mark.parametrize(
    ("csv", "json", "hz"), [(None, False, 2.0), (Path("out.csv"), False, 5.0), (None, True, 5.0)]
)
def test_a_table_does_not_get_fewer_rows_because_a_report_is_wanted_too(
    home: Path, csv: Path | None, json: bool, hz: float
) -> None:
    options = argparse.Namespace(config=None, report=Path("out.html"), csv=csv, json=json)
    config = inspect.getclosurevars(prepare_analyze(options)).nonlocals["config"]
    assert config.analysis.hz == hz


@pytest.mark.parametrize(
    ("out", "says"),
    [("nowhere/a", "nowhere does not exist; make it, or name"), ("f/a", "f is no folder; make it, or")],
)
@pytest.mark.parametrize("flag", ["--report", "--csv"])
def test_a_place_that_cannot_be_written_is_named_before_anything_is_read(
    home: Path, flag: str, out: str, says: str, capsys: Capture
) -> None:
    Path("f").write_text("mine", encoding="utf-8")
    # The recording is none: had it been opened first, that would have been said.
    Path("lesson.mp4").write_bytes(b"no video")
    assert says in refused(capsys, "analyze", "lesson.mp4", flag, out)


@pytest.mark.parametrize("flag", ["--report", "--csv"])
def test_nothing_overwrites_its_recording(home: Path, flag: str, capsys: Capture) -> None:
    Path("lesson.mp4").write_bytes(b"no video")
    line = refused(capsys, "analyze", "lesson.mp4", flag, "./lesson.mp4")
    assert f"{flag} lesson.mp4 would overwrite the recording: name another file" in line
    assert Path("lesson.mp4").read_bytes() == b"no video"


def test_a_table_and_a_report_are_not_written_over_each_other(home: Path, capsys: Capture) -> None:
    Path("lesson.mp4").write_bytes(b"no video")
    line = refused(capsys, "analyze", "lesson.mp4", "--csv", "out", "--report", "./out")
    assert "--report and --csv would both be out: name two files" in line


def test_a_recording_of_which_nothing_can_be_read_leaves_no_report(home: Path, capsys: Capture) -> None:
    Path("lesson.mp4").write_bytes(b"no video" * 100)
    assert "lesson.mp4" in refused(capsys, "analyze", "lesson.mp4", "--report", "out.html")
    assert not Path("out.html").exists()


def test_two_recordings_of_one_name_are_not_written_over_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name the files differently"):
        report_jobs(["a/lesson.mp4", "b/lesson.mp4"], tmp_path)
    names = [job.out.name for job in report_jobs(["a/one.mp4", "b/two.mp4"], tmp_path / "out.html")]
    assert names == ["out-one.html", "out-two.html"]
