"""Each check on its own: what it finds, and what it tells a user to do."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest

from agent.commands import doctor
from agent.commands.doctor import Finding, Level
from agent.configuration.config import AnalysisConfig, Config, ConsentConfig, FeedConfig, SourceConfig
from agent.errors import ModelError, SourceError
from exporter.access.token import connection_file
from exporter.native.obstacles import NO_COMPOSITOR, Obstacle
from exporter.server.feed_server import FeedServer, ServerSettings
from models.card import load_card
from models.weights import EXPRESSION, detector_path
from tests.exporter.samples import ABOUT
from tests.paths import ROOT


def no_display(monkeypatch: pytest.MonkeyPatch, **session: str) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in session.items():
        monkeypatch.setenv(name, value)


def test_missing_extras_are_listed_with_what_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"PySide6", "torch", "fer"}
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name if name in there else None)
    found = doctor.check_extras(Config())
    assert found.level is Level.OK, "nobody needs one"
    assert found.found == (
        "not installed: parquet (writes tables as Parquet); mqtt (sends readings to an MQTT broker); "
        "lsl (sends readings to the Lab Streaming Layer)"
    )
    assert 'pip install ".[parquet]"' in found.remedy
    there |= {"pyarrow", "paho", "pylsl"}
    assert doctor.check_extras(Config()).found == "all are installed"


def test_every_extra_of_the_installation_is_known() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(doctor.EXTRAS) == set(declared) - {"dev"}


def test_a_free_port_is_found_free_and_a_taken_one_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = doctor.check_port(Config(feed=FeedConfig(port=port)))
        assert found.level is Level.WRONG
        assert str(port) in found.found
        assert "--port" in found.remedy
    assert doctor.check_port(Config(feed=FeedConfig(port=port))).level is Level.OK


def test_a_port_that_was_served_a_moment_ago_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            # Where the server ends a connection first, the system remembers its port for a minute.
            server.accept()[0].close()
            assert client.recv(1) == b""
    assert doctor.check_port(Config(feed=FeedConfig(port=port))).level is Level.OK


def test_a_host_that_is_not_this_machine_is_named_with_what_to_use() -> None:
    found = doctor.check_port(Config(feed=FeedConfig(host="192.0.2.1")))
    assert found.level is Level.WRONG
    assert "192.0.2.1" in found.found
    assert "127.0.0.1" in found.remedy


def test_the_port_of_an_agent_that_runs_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with FeedServer(ServerSettings(port=0), ABOUT) as server:
        found = doctor.check_port(Config(feed=FeedConfig(port=server.port)))
        assert found == Finding("port", Level.OK, f"127.0.0.1:{server.port} serves the agent that is running")
        connection_file(server.port).write_text('{"feed": "ws://127.0.0.1:9/feed", "token": "of-another"}')
        assert doctor.check_port(Config(feed=FeedConfig(port=server.port))).level is Level.WRONG


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is a Linux matter")
@pytest.mark.parametrize("session", [{"XDG_SESSION_TYPE": "wayland"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_wayland_without_a_screen_to_grab_is_a_warning_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, session: dict[str, str]
) -> None:
    no_display(monkeypatch, **session)
    found = doctor.check_screen(Config())
    assert found.level is Level.WARNING
    assert "--source webrtc" in found.remedy


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are named so on Linux")
def test_no_display_at_all_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    no_display(monkeypatch)
    with pytest.raises(SourceError):
        doctor.check_screen(Config(source=SourceConfig(monitor=1)))


def test_the_models_are_found_and_their_figures_are_said() -> None:
    assert doctor.check_face_detector(Config()).level is Level.OK
    found = doctor.check_expression_model(Config())
    assert found.level is Level.OK
    figures = load_card(EXPRESSION).figures
    assert f"accuracy {figures['accuracy'].value:.4f}, " in found.found
    assert f"cross-validated, {figures['calibration_error'].value:.4f}" in found.found


def test_one_core_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    found = doctor.check_processor(Config())
    assert found.level is Level.WARNING
    assert "1 core," in found.found or found.found.startswith("1 core;")
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert doctor.check_processor(Config()).level is Level.OK


def test_an_error_becomes_what_was_found_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check_weights(_: Config) -> Finding:
        raise ModelError("the weights are altered", "install again")

    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_python, check_weights))
    assert doctor.doctor(Config()) == 2
    said = capsys.readouterr().out
    assert "WRONG    weights: the weights are altered" in said
    assert "-> install again" in said
    assert doctor.doctor(Config(), as_json=True) == 2
    assert [one["level"] for one in json.loads(capsys.readouterr().out)] == ["ok", "wrong"]


def test_a_damaged_model_is_told_from_what_to_do_about_it(tmp_path: Path) -> None:
    """Not by the colons in the message: checksums and a parser's words are no remedy."""
    folder = tmp_path / "expression"
    shutil.copytree(EXPRESSION, folder)
    config = Config(analysis=AnalysisConfig(model=str(folder)))
    weights = folder / load_card(folder).file
    weights.write_bytes(weights.read_bytes()[:-1])
    altered = doctor._safely(doctor.check_expression_model, config)
    assert altered.found.endswith(f"its card says {load_card(folder).sha256}")
    assert altered.remedy == "install again to restore it"
    (folder / "model.json").write_text('{"name": 1}')
    damaged = doctor._safely(doctor.check_expression_model, config)
    assert damaged.found.startswith(f"analysis.model: {folder / 'model.json'}: ")
    assert damaged.remedy == "restore the card that came with the weights"


def test_where_the_overlay_cannot_be_drawn_is_said_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remedy = "install them (Debian, Ubuntu: apt install libegl1)"
    bare = Obstacle("Qt lacks system libraries", remedy, has_other_way=False)
    for obstacle, level in ((None, Level.OK), (NO_COMPOSITOR, Level.WARNING), (bare, Level.WARNING)):
        monkeypatch.setattr("agent.commands.overlay.obstacle", lambda obstacle=obstacle: obstacle)
        found = doctor.check_overlay(Config())
        assert found.level is level
    assert (found.found, found.remedy) == ("Qt lacks system libraries", remedy)


def test_a_consent_list_is_checked_as_a_run_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    config = Config(consent=ConsentConfig(list=str(names)))
    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_consent_list,))
    assert doctor.doctor(Config()) == 0
    assert doctor.doctor(config) == 2
    names.write_text("- Ada Lovelace\n", encoding="utf-8")
    assert doctor.doctor(config) == (0 if shutil.which("tesseract") else 2)
    monkeypatch.setattr("agent.privacy.ocr.shutil.which", lambda _: None)
    finding = doctor._safely(doctor.check_consent_list, config)
    assert finding.level is Level.WRONG
    assert finding.found == "consent.list needs Tesseract to read names, and it is not installed"
    assert finding.remedy.startswith("install it (Debian and Ubuntu: apt install")


def names(said: str) -> list[str]:
    return [one["check"] for one in json.loads(said)]


def test_a_check_has_one_name_whether_it_passes_or_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    models = (doctor.check_face_detector, doctor.check_expression_model)
    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_python, doctor.check_processor, *models))
    assert doctor.doctor(Config(), as_json=True) == 0
    well = names(capsys.readouterr().out)
    monkeypatch.setattr("agent.composition.models.detector_path", partial(detector_path, folder=tmp_path))
    broken = Config(analysis=AnalysisConfig(model=str(tmp_path)))
    monkeypatch.setattr(doctor, "CHECKS", models)
    assert doctor.doctor(broken, as_json=True) == 2
    said = capsys.readouterr().out
    assert [one["level"] for one in json.loads(said)] == ["wrong", "wrong"]
    assert names(said) == ["face detector", "expression model"]
    assert well == ["python", "processor", *names(said)]


def test_all_well_is_exit_code_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_python, doctor.check_processor))
    assert doctor.doctor(Config()) == 0
    assert "Python 3" in capsys.readouterr().out
