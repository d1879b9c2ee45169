"""Recordings and addresses: every kind is read, everything broken is named."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import PictureError, SourceLostError
from agent.sources import decoding
from agent.sources.base import Playback
from agent.sources.media import open_media
from agent.sources.supervised import SupervisedSource
from agent.values import SourceState
from tests.agent.sources.files import HUES, picture, read_all, write_video


def test_a_video_of_one_frame_is_a_picture(tmp_path: Path) -> None:
    source = open_media(str(write_video(tmp_path / "one.mkv", frames=1)), Playback(realtime=False, hz=5))
    assert source.is_picture
    assert [frame.pixels.shape for frame in read_all(source)] == [(48, 64, 3)]
    source = open_media(str(write_video(tmp_path / "two.mkv", frames=2)), Playback(realtime=False, hz=10))
    assert not source.is_picture
    assert len(read_all(source)) == 2


@pytest.mark.parametrize("hz", [1, 5])
def test_a_raw_stream_without_times_is_read_frame_by_frame(tmp_path: Path, hz: int) -> None:
    path = tmp_path / "raw.h264"
    with av.open(str(path), "w", format="h264") as container:
        stream: Any = container.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(20):
            level = np.full((48, 64, 3), 10 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(level, format="rgb24")))
        container.mux(stream.encode())
    frames = read_all(open_media(str(path), Playback(realtime=False, hz=hz)))
    assert [frame.time for frame in frames] == pytest.approx([index / hz for index in range(4 * hz)])


def test_a_recording_is_sampled_by_its_own_time(tmp_path: Path) -> None:
    path = write_video(tmp_path / "lesson.mp4", frames=30, rate=10)
    source = open_media(str(path), Playback(realtime=False, hz=5))
    assert source.duration == pytest.approx(3.0, abs=0.2)
    frames = read_all(source)
    assert [round(frame.time, 2) for frame in frames] == [round(0.2 * index, 2) for index in range(15)]
    assert (source.info.width, source.info.height) == (64, 48)
    means = [frame.pixels.mean() for frame in frames]
    assert means == sorted(means)


def test_a_recording_played_live_drops_what_nobody_takes_and_counts_it(tmp_path: Path) -> None:
    path = write_video(tmp_path / "lesson.mp4", frames=20, rate=100)
    source = open_media(str(path), Playback(realtime=True, hz=5))
    gate = threading.Event()
    taken = 0
    for frame in source.frames():
        gate.wait(0.05)
        taken += frame is not None
    source.close()
    assert taken + source.dropped == 20
    assert source.dropped > 0


def test_closing_a_live_recording_ends_its_thread(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.mp4", frames=50, rate=1)
    before = threading.active_count()
    source = open_media(str(path), Playback(realtime=True, hz=5))
    assert next(iter(source.frames())) is not None
    source.close()
    source.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("looks", [0, 6])
def test_a_bug_in_the_player_is_raised_where_frames_are_taken(tmp_path: Path, looks: int) -> None:
    """Before the first frame and after some; a source that is supervised is not opened again for it."""
    path = write_video(tmp_path / "lesson.mp4", frames=20, rate=100)
    times = [0.0] * looks

    def clock() -> float:
        if threading.current_thread().name != "media player":
            return 0.0
        return times.pop() if times else 1 / 0

    with SupervisedSource(
        lambda: open_media(str(path), Playback(realtime=True, hz=5, clock=clock))
    ) as source:
        with pytest.raises(ZeroDivisionError):
            list(source.frames())
        assert source.status.state is SourceState.LIVE


def test_a_truncated_recording_gives_what_it_holds_or_a_named_error(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.ts", frames=60).read_bytes()
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole[: len(whole) // 2])
    frames = read_all(open_media(str(cut), Playback(realtime=False, hz=10)))
    assert 0 < len(frames) < 60


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"no file .*absent\.png"):
        open_media(str(tmp_path / "absent.png"), Playback(realtime=False, hz=5))
    with pytest.raises(PictureError, match="is a folder"):
        open_media(str(tmp_path), Playback(realtime=False, hz=5))


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(PictureError, match="holds no video"):
        open_media(str(path), Playback(realtime=False, hz=5))


class Silent:
    """A server on loopback that says nothing, and knows whether it was asked."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.2)
        self.port = self.listener.getsockname()[1]

    def was_asked(self) -> bool:
        try:
            self.listener.accept()[0].close()
        except TimeoutError:
            return False
        return True

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_playlist_cannot_make_it_ask_the_network(tmp_path: Path) -> None:
    path = tmp_path / "lesson.m3u8"
    with Silent() as server:
        address = f"http://127.0.0.1:{server.port}/a.ts"
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}\n#EXT-X-ENDLIST\n")
        with pytest.raises(PictureError, match=r"lesson\.m3u8"):
            open_media(str(path), Playback(realtime=False, hz=5))
        assert not server.was_asked()


def test_an_address_is_played_and_its_password_is_not_told(tmp_path: Path) -> None:
    write_video(tmp_path / "lesson.ts", frames=20)
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            address = f"http://teacher:secret@127.0.0.1:{server.server_port}"
            source = open_media(f"{address}/lesson.ts?token=hidden", Playback(realtime=False, hz=10))
            assert source.info.name == "lesson.ts"
            assert len(read_all(source)) == 20
            with pytest.raises(PictureError, match=r"absent\.ts") as caught:
                open_media(f"{address}/absent.ts?token=hidden", Playback(realtime=False, hz=10))
        finally:
            server.shutdown()
            serving.join()
    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_an_address_that_is_silent_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/lesson.ts"
        with pytest.raises(PictureError, match=r"no answer within 0\.2 s"):
            open_media(address, Playback(realtime=False, hz=10))


@pytest.mark.parametrize("address", ["concat://a|b", "subfile://x", "ftp://host/a.mp4"])
def test_other_kinds_of_address_are_refused(address: str) -> None:
    with pytest.raises(PictureError, match="an address starts with http"):
        open_media(address, Playback(realtime=True, hz=5))


def test_closing_under_a_decoder_ends_it(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.mp4", frames=400, rate=30)
    for _ in range(5):
        source = open_media(str(path), Playback(realtime=False, hz=30))
        frames = source.frames()
        next(frames)
        reader = threading.Thread(target=list, args=(frames,))
        reader.start()
        source.close()
        reader.join(timeout=5.0)
        assert not reader.is_alive()


def test_a_video_closed_in_a_read_that_fails_is_closed_all_the_same(tmp_path: Path) -> None:
    path = write_video(tmp_path / "lesson.mp4", frames=30)
    before = len(list(Path("/proc/self/fd").iterdir()))
    video = decoding.Video(str(path))

    def hanging() -> Iterator[Any]:
        # Another thread closes it while this read holds the lock, so that close() gives up waiting.
        closing = threading.Thread(target=video.close)
        closing.start()
        closing.join()
        raise OSError(5, "Input/output error")
        yield

    frames = video.frames()
    next(frames)
    video._ready.clear()
    video._packets = hanging()
    with pytest.raises(SourceLostError, match="broke off"):
        next(frames)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_files_are_closed(tmp_path: Path) -> None:
    path = write_video(tmp_path / "lesson.mp4", frames=5)
    (tmp_path / "bad.mp4").write_bytes(path.read_bytes()[:200])
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        read_all(open_media(str(path), Playback(realtime=False, hz=5)))
        open_media(str(path), Playback(realtime=True, hz=5)).close()
        with pytest.raises(PictureError, match=r"bad\.mp4"):
            open_media(str(tmp_path / "bad.mp4"), Playback(realtime=False, hz=5))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_damaged_recording_goes_on_after_the_damage(tmp_path: Path) -> None:
    path = write_video(tmp_path / "lesson.ts", frames=60)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = bytes(300)
    path.write_bytes(bytes(content))
    frames = read_all(open_media(str(path), Playback(realtime=False, hz=10)))
    assert frames[-1].time > 5.0


def test_a_text_and_a_pipe_are_no_recordings(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("what was said\n" * 50)
    with pytest.raises(PictureError, match=r"notes\.txt holds no video"):
        open_media(str(tmp_path / "notes.txt"), Playback(realtime=False, hz=5))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PictureError, match="device or pipe"):
        open_media(str(tmp_path / "pipe"), Playback(realtime=False, hz=5))
    with pytest.raises(PictureError, match="name too long"):
        open_media(str(tmp_path / ("x" * 300)), Playback(realtime=False, hz=5))


def test_a_moving_gif_is_a_recording(tmp_path: Path) -> None:
    first, *rest = [picture("RGB", hue, (16, 16)) for hue in HUES]
    first.save(tmp_path / "move.gif", save_all=True, append_images=rest, duration=500)
    source = open_media(str(tmp_path / "move.gif"), Playback(realtime=False, hz=2))
    assert not source.is_picture
    assert len(read_all(source)) == 3


def test_a_video_in_an_unknown_code_is_named(tmp_path: Path) -> None:
    write_video(tmp_path / "whole.mp4", 10)
    content = (tmp_path / "whole.mp4").read_bytes()
    for code in (b"mp4v", b"esds"):
        content = content.replace(code, b"none")
    (tmp_path / "odd.mp4").write_bytes(content)
    with pytest.raises(PictureError, match=r"odd\.mp4 holds no video"):
        open_media(str(tmp_path / "odd.mp4"), Playback(realtime=False, hz=5))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(["mp4", "avi", "ts"]), st.integers(0, 100), st.binary(max_size=40))
def test_damaged_recordings_give_frames_or_a_named_error(
    tmp_path: Path, kind: str, percent: int, damage: bytes
) -> None:
    whole = tmp_path / f"whole.{kind}"
    if not whole.exists():
        write_video(whole, 10)
    content = bytearray(whole.read_bytes())
    start = len(content) * percent // 100
    content[start : start + len(damage)] = damage
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(bytes(content))
    try:
        frames = read_all(open_media(str(path), Playback(realtime=False, hz=5)))
    except PictureError as error:
        assert path.name in str(error)
    else:
        assert frames
