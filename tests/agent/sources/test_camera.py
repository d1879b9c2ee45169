"""The camera: FFmpeg's own test picture stands for the device; everything above it is the real path."""

from __future__ import annotations

import threading

import pytest

from agent.errors import SourceError, SourceLostError
from agent.sources.camera import CameraSource, device
from agent.sources.supervised import SupervisedSource
from agent.values import SourceState


def test_frames_come_until_closed_and_the_thread_ends() -> None:
    before = threading.active_count()
    with CameraSource(kind="lavfi", address="testsrc=size=64x48:rate=30") as camera:
        frames = camera.frames()
        first, second = next(frames), next(frames)
        assert first is not None
        assert second is not None
        assert first.pixels.shape == (48, 64, 3)
        assert camera.info.kind == "camera"
        assert (camera.info.width, camera.info.height) == (64, 48)
    camera.close()
    assert list(frames) == []
    assert threading.active_count() == before


def test_a_camera_that_goes_away_is_lost() -> None:
    with (
        CameraSource(kind="lavfi", address="testsrc=size=64x48:rate=30:duration=0.1") as camera,
        pytest.raises(SourceLostError, match="camera 0 ended"),
    ):
        list(camera.frames())


def test_a_bug_in_the_reader_is_raised_where_frames_are_taken() -> None:
    """It is no loss: a source that is supervised would be opened again and again."""
    times = [0.0, 0.0]

    def clock() -> float:
        if threading.current_thread().name != "camera reader":
            return 0.0
        return times.pop() if times else 1 / 0

    with SupervisedSource(
        lambda: CameraSource(kind="lavfi", address="testsrc=size=64x48:rate=30", clock=clock)
    ) as source:
        with pytest.raises(ZeroDivisionError):
            list(source.frames())
        assert source.status.state is SourceState.LIVE


def test_a_missing_camera_is_named_with_what_to_do() -> None:
    with pytest.raises(SourceError, match=r"camera 97 cannot be opened.*source\.camera"):
        CameraSource("97", kind="v4l2")


SEEN = [("@device_pnp_1", "Front Camera"), ("@device_pnp_2", "Document Camera")]


@pytest.mark.parametrize(
    ("camera", "kind", "wanted"),
    [
        ("0", "v4l2", "/dev/video0"),
        ("/dev/video3", "v4l2", "/dev/video3"),
        ("Document Camera", "v4l2", "@device_pnp_2"),
        ("1", "avfoundation", "1"),
        ("Front Camera", "dshow", "video=@device_pnp_1"),
        ("1", "dshow", "video=@device_pnp_2"),
        ("7", "dshow", "video=7"),
        ("Unlisted", "dshow", "video=Unlisted"),
    ],
)
def test_each_system_names_its_cameras_its_own_way(camera: str, kind: str, wanted: str) -> None:
    assert device(camera, kind, SEEN) == wanted
