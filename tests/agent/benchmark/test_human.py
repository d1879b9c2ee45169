"""The process that runs human: real Node, with a package of the same shape in its place (it has 350 MB)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.benchmark.human import Human
from agent.benchmark.rivals import Program, open_rivals
from agent.errors import ConfigError, HumanError, MissingRivalError
from agent.values import Box

STAND_IN = """
class Human {
  constructor(options) {
    this.version = '0.0.0';
    this.most = options.face.detector.maxDetected;
    this.tf = { tensor: (pixels, shape) => ({ pixels, shape, dispose() { this.pixels = null; } }) };
  }
  async load() { console.log('loading'); %(load)s }
  async detect({ pixels, shape }) {
    console.log('detecting');
    %(detect)s
    return { face: [{ box: [pixels[0], pixels[1], shape[2], shape[1]] }, { box: [1.6, 2.4, this.most, 9] }] };
  }
}
exports.Human = Human;
"""
FRAME = np.full((30, 40, 3), (7, 8, 9), np.uint8)


def installed(folder: Path, load: str = "", detect: str = "") -> Path:
    """A folder as npm leaves it."""
    for name, file, text in (
        ("@tensorflow/tfjs-backend-wasm", "index.js", ""),
        ("@vladmandic/human", "dist/human.node-wasm.js", STAND_IN % {"load": load, "detect": detect}),
    ):
        path = folder / "node_modules" / name / file
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_frames_go_in_and_faces_come_out(tmp_path: Path) -> None:
    human = Human(installed(tmp_path))
    try:
        assert human.version == "0.0.0"
        for height, width in ((30, 40), (1080, 1920), (30, 40)):
            frame = np.full((height, width, 3), (7, 8, 9), np.uint8)
            assert human.read(frame) == [Box(7, 8, width, height), Box(2, 2, 49, 9)]
    finally:
        human.close()
    human.close()


def test_it_tells_what_its_own_work_took(tmp_path: Path) -> None:
    busy = "const end = Date.now() + 60; while (Date.now() < end);"
    human = Human(installed(tmp_path, detect=busy))
    try:
        human.read(FRAME)
        assert human.wall >= 0.05
        assert human.cpu > 0
        once = human.wall
        human.read(FRAME)
        assert human.wall > once
    finally:
        human.close()


def test_an_error_while_it_detects_is_told(tmp_path: Path) -> None:
    human = Human(installed(tmp_path, detect="throw new Error('no such kernel');"))
    try:
        with pytest.raises(HumanError, match="no such kernel"):
            human.read(FRAME)
        with pytest.raises(HumanError, match="ended"):
            human.read(FRAME)
    finally:
        human.close()


def test_one_that_cannot_be_loaded_is_missing(tmp_path: Path) -> None:
    (rival,) = open_rivals(
        ["human"], human=installed(tmp_path, load="throw new Error('no models');")
    ).values()
    assert isinstance(rival, MissingRivalError)
    assert "no models" in str(rival)


def test_an_answer_that_is_none_is_told(tmp_path: Path) -> None:
    human = Human(installed(tmp_path, detect="process.stdout.write('Aborted()' + String.fromCharCode(10));"))
    try:
        with pytest.raises(HumanError, match=r"Aborted\(\).*npm install"):
            human.read(FRAME)
    finally:
        human.close()


def test_one_that_runs_is_a_rival_with_a_clock_of_its_own(tmp_path: Path) -> None:
    (rival,) = open_rivals(["human"], human=installed(tmp_path)).values()
    assert isinstance(rival, Program)
    try:
        assert rival.clock() == (0.0, 0.0)
        assert len(rival.read(FRAME)) == 2
        assert rival.clock()[0] > 0
    finally:
        rival.close()


def test_where_it_is_not_installed_it_is_said_how(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        (rival,) = open_rivals(["human"], human=folder).values()
        assert isinstance(rival, MissingRivalError)
        assert "npm install @vladmandic/human" in str(rival)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--human-folder .*absent: there is no such folder"):
        open_rivals(["human"], human=tmp_path / "absent")


def test_without_node_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (rival,) = open_rivals(["human"], human=installed(tmp_path)).values()
    assert isinstance(rival, MissingRivalError)
    assert "install Node.js" in str(rival)
