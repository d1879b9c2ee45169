"""The whole program as its users meet it: the demo and its feed, pictures read offline, ways to stop."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
from pathlib import Path

import jsonschema
import msgspec
import pytest
from PIL import Image

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.scene import TileTruth
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.values import LABELS, Box
from exporter.protocol.messages import RoomMessage
from tests.program import call, command, environment, follow, running


def draw(path: Path, count: int = 9, size: tuple[int, int] = (1280, 720)) -> tuple[TileTruth, ...]:
    """A drawn gallery saved as a picture, and its truth."""
    gallery = Gallery(Plan(style_named("zoom"), size))
    drawing = gallery.draw(Script(3, count).scene_at(0.0))
    Image.fromarray(drawing.pixels).save(path)
    return drawing.truth


def test_the_demo_reads_a_class_of_25_and_its_readings_move() -> None:
    with running("demo", "--no-open") as (_, port):
        messages = follow(port, lambda room: room["room"]["read"] >= 15)
        hello, last = messages[0], messages[-1]
        later = follow(port, lambda room: room["seq"] > last["seq"] + 5)[-1]
    assert hello["type"] == "hello"
    assert hello["source"]["kind"] == "demo"
    assert last["room"]["tiles"] >= 20
    assert last["room"]["read"] >= 15

    def scores(room: dict[str, object]) -> list[object]:
        return [tile["emotion"] and tile["emotion"]["scores"] for tile in room["tiles"]]  # type: ignore[attr-defined]

    assert scores(last) != scores(later)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly_with_a_client_connected(number: signal.Signals) -> None:
    with running("demo", "--no-open", "--participants", "4") as (process, port):
        follow(port, lambda room: room["room"]["tiles"] > 0)
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stdout is not None
        said = process.stdout.read()
    assert "Traceback" not in said
    assert said.rstrip().endswith("stopped")


def test_it_stops_by_itself_after_its_duration() -> None:
    with running("demo", "--no-open", "--participants", "4", "--duration", "1") as (process, _):
        assert process.wait(timeout=30) == 0


def test_analyze_prints_one_feed_message_for_a_picture(tmp_path: Path) -> None:
    truth = draw(tmp_path / "class.png")
    done = call("analyze", str(tmp_path / "class.png"), "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    message = json.loads(line)
    jsonschema.validate(message, msgspec.json.schema(RoomMessage))
    assert len(message["tiles"]) == len(truth)
    for tile, true in zip(message["tiles"], truth, strict=True):
        assert Box(*tile["box"]).iou(true.box) >= 0.8
        assert (tile["state"] == "camera_off") is (not true.camera_on)
    assert message["room"]["faces"] == sum(true.face is not None for true in truth)
    assert message["room"]["read"] > 0


def test_analyze_in_words_and_as_csv(tmp_path: Path) -> None:
    truth = draw(tmp_path / "class.png")
    out, page = tmp_path / "out.csv", tmp_path / "out.html"
    done = call("analyze", str(tmp_path / "class.png"), "--csv", str(out), "--report", str(page))
    assert done.returncode == 0, done.stderr
    # A picture has no length.
    assert done.stderr.splitlines() == [f"wrote {page}", f"wrote {out} ({len(truth)} rows)"]
    assert f"a gallery of {len(truth)} tiles" in done.stdout
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert len(rows) == 1 + len(truth)
    assert rows[0].startswith("file,seconds,tile,row,col,state,reason,label")
    read = [row for row in csv.DictReader(rows) if row["label"]]
    assert read
    for row in read:
        assert float(row["face_width"]) > 20
        assert 0 <= float(row["motivation"]) <= 1
        # To the last digit, as in the feed.
        assert row["confidence"] == row[row["label"]]
        assert sum(round(float(row[label]) * 10_000) for label in LABELS) == 10_000


def test_a_table_that_holds_no_rows_says_why(tmp_path: Path) -> None:
    draw(tmp_path / "class.png", count=2)
    out = tmp_path / "out.csv"
    done = call("analyze", str(tmp_path / "class.png"), "--csv", str(out), READTHEROOM_PRIVACY_MODE="room")
    assert done.returncode == 0
    assert "out.csv holds no rows: privacy.mode room gives out no single readings" in done.stderr
    assert len(out.read_text().splitlines()) == 1


def test_a_bad_file_among_good_ones_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    draw(tmp_path / "class.png")
    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    done = call("analyze", str(tmp_path / "broken.png"), str(tmp_path / "class.png"), "--json")
    assert done.returncode == 2
    assert "broken.png" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    draw(tmp_path / "class.png", count=2)
    process = subprocess.Popen(
        command("analyze", *[str(tmp_path / "class.png")] * 4, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, error = process.communicate(timeout=60)
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["run", "--source", "absent.mp4"], "no file absent.mp4"),
        (["run", "--config", "absent.yaml"], "no configuration file absent.yaml"),
        (["demo", "--participants", "99"], "--participants is 99"),
        (["demo", "--port", "x"], "--port is 'x'"),
        (["demo", "--host", "0.0.0.0"], "feed.certificate"),  # noqa: S104
        (["analyze", "absent.png"], "no file absent.png"),
        (["bench", "--tiles", "77"], "--tiles must be 1 to 49, got 77"),
        (["run", "--no-such-flag"], "--no-such-flag"),
        (["dance"], "dance"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(arguments: list[str], wanted: str) -> None:
    done = call(*arguments, DISPLAY="")
    assert done.returncode == 2
    assert wanted in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_display_run_says_what_to_do() -> None:
    done = call("run", DISPLAY="", WAYLAND_DISPLAY="", XDG_SESSION_TYPE="tty")
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert "readtheroom demo" in done.stderr


def test_a_port_in_use_is_named_and_nothing_is_recorded(tmp_path: Path) -> None:
    with running("demo", "--no-open", "--participants", "1") as (_, port):
        done = call("demo", "--no-open", "--port", str(port), "--record", XDG_DATA_HOME=str(tmp_path))
    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.rglob("*.session*")) == []


def test_an_altered_model_is_named(tmp_path: Path) -> None:
    from models.weights import EXPRESSION

    for file in EXPRESSION.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (weights,) = tmp_path.glob("*.tflite")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    done = call("demo", "--no-open", READTHEROOM_ANALYSIS_MODEL=str(tmp_path))
    assert done.returncode == 2
    assert "altered" in done.stderr


def test_doctor_says_what_is_wrong_and_how_to_mend_it() -> None:
    done = call("doctor", DISPLAY="", WAYLAND_DISPLAY="", XDG_SESSION_TYPE="tty")
    assert done.returncode == 2
    assert "WRONG    screen" in done.stdout
    assert "->" in done.stdout
    for check in ("python", "processor", "face detector", "expression model", "port"):
        assert check in done.stdout
    found = json.loads(call("doctor", "--json", DISPLAY="").stdout)
    assert {finding["level"] for finding in found} >= {"ok", "wrong"}


def test_bench_measures_the_pipeline_beside_the_bare_models() -> None:
    done = call("bench", "--json", "--sizes", "720p", "--tiles", "4", "--frames", "2", "--live", "0")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    modes = {case["mode"]: case for case in report["cases"]}
    assert set(modes) == {"recomputed", "still", "moving-5hz", "moving-10hz"}
    recomputed, still = modes["recomputed"], modes["still"]
    assert recomputed["detected"] == recomputed["classified"] == 4
    assert recomputed["bare"]["p50"] > 0
    assert recomputed["ratio"]["p50"] > 0
    assert still["ratio"] is None
    assert still["detected"] < 1
