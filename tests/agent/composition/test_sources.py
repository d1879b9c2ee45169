"""The source that the configuration names, and whether its frames were decoded from video."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from agent.composition import sources
from agent.composition.sources import choose_monitor, open_demo, open_source, shows_video
from agent.configuration.loading import load_config
from agent.errors import ConfigError, PictureError


@pytest.mark.parametrize(
    ("origin", "is_video"),
    [("screen", False), ("demo", False), ("camera", False), ("webrtc", True), ("rtsp://host/live", True)],
)
def test_what_a_browser_or_an_address_sends_is_a_video(origin: str, is_video: bool) -> None:
    assert shows_video(load_config(None, None, {"source.origin": origin})) is is_video


def test_a_picture_is_no_video_and_a_recording_is_one(tmp_path: Path) -> None:
    picture, recording = tmp_path / "gallery.png", tmp_path / "lesson.mp4"
    Image.new("RGB", (8, 8)).save(picture)
    recording.write_bytes(b"\0\0\0\x18ftypisom")
    assert not shows_video(load_config(None, None, {"source.origin": str(picture)}))
    assert shows_video(load_config(None, None, {"source.origin": str(recording)}))


@pytest.mark.parametrize(("typed", "meant"), [("scren", "screen"), ("Camera", "camera"), ("web", "webrtc")])
def test_a_misspelt_source_is_told_with_its_near_name(
    typed: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ConfigError, match=rf"--source.*'{typed}'.*neither a file nor .*; did you mean '{meant}'\?"
    ):
        open_source(load_config(None, None, {"source.origin": typed}))
    with pytest.raises(ConfigError, match="neither a file nor one of screen"):
        open_source(load_config(None, None, {"source.origin": "lesson"}))
    with pytest.raises(ConfigError, match="neither a file .*; a camera is chosen with source.camera: '9'"):
        open_source(load_config(None, None, {"source.origin": "9"}))


def test_a_name_too_long_for_the_system_is_one_of_no_file() -> None:
    with pytest.raises(PictureError, match="a{300} cannot be read .*: check the path"):
        open_source(load_config(None, None, {"source.origin": "a" * 300}))


@pytest.mark.parametrize(("page_size", "pages"), [(49, 1), (25, 2)])
def test_a_page_of_the_drawn_class_holds_as_many_as_configured(page_size: int, pages: int) -> None:
    config = load_config(None, None, {"demo.participants": 49, "demo.page_size": page_size})
    with open_demo(config) as demo:
        next(demo.frames())
        assert demo.scene is not None
        assert (demo.scene.pages, len(demo.scene.shown) <= page_size) == (pages, True)
        assert len(demo.scene.shown) > 24


@pytest.mark.parametrize(
    ("mode", "chooses"), [("off", None), ("room", choose_monitor), ("tiles", choose_monitor)]
)
def test_in_mode_off_no_gallery_is_looked_for_on_any_monitor(
    mode: str, chooses: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr(sources, "ScreenSource", lambda *_, choose, **__: given.append(choose))
    open_source(load_config(None, {"READTHEROOM_PRIVACY_MODE": mode}))
    assert given == [None if mode == "off" else choose_monitor]
