"""Nothing leaves the machine and no picture is written: shown on the program's own system calls.

This is also what guards the upper bound of mediapipe in ``pyproject.toml``: from 0.10.35 on it resolves its
vendor's host and uploads usage statistics as soon as a detector is made.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import style_named
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.values import Frame
from exporter.protocol.schema import feed_schema
from exporter.recorder.session import load_session
from tests.paths import ROOT, absent
from tests.program import TOKEN, command, environment, follow

ADDRESS = re.compile(r'sin6?_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
OPENED = re.compile(r'\bopen(?:at)?\((?:[\w-]+, )?"([^"]*)", ([A-Z_|]+)')
MADE = re.compile(r"\b(?:creat|mkdir|mkdirat|rename|renameat|renameat2)\((.*)")
NAME = re.compile(r'"([^"]*)"')
NAMESERVER = re.compile(r"sin6?_port=htons\((?:53|853|5353)\)")
RESOLVER = re.compile(r'sun_path="[^"]*(?:nscd|resolve)[^"]*"')
WRITING = ("O_WRONLY", "O_RDWR", "O_CREAT")
LOOPBACK = ("127.", "::1")
FAILED = " = -1 "


def strangers(trace: Iterable[str]) -> list[str]:
    """The calls that reach for, or listen on, an address off this machine, or that look a name up.

    A name is looked up on loopback too (a local resolver asks on our behalf), and a refused or failed
    connection was tried all the same, so neither the address nor the result excuses a call.
    """
    found = []
    for line in trace:
        addresses = [four or six for four, six in ADDRESS.findall(line)]
        away = any(not address.startswith(LOOPBACK) for address in addresses)
        if away or NAMESERVER.search(line) or RESOLVER.search(line):
            found.append(line)
    return found


def written(trace: Iterable[str], allowed: tuple[str, ...]) -> list[str]:
    """The calls that make, rename or open for writing anything beside what ``allowed`` begins."""
    found = []
    for line in trace:
        if FAILED in line:
            continue
        paths: list[str] = []
        if match := OPENED.search(line):
            # Files of O_TMPFILE have no name and end with the process: chatter of native code is kept there.
            if any(flag in match[2] for flag in WRITING) and "O_TMPFILE" not in match[2]:
                paths = [match[1]]
        elif match := MADE.search(line):
            paths = NAME.findall(match[1])
        if any(not os.path.normpath(path).startswith(allowed) for path in paths):
            found.append(line)
    return found


def traced(log: Path, *arguments: str, home: Path) -> subprocess.Popen[str]:
    """Start the program under strace, with a home of its own."""
    if shutil.which("strace") is None:
        absent("no system calls to look at: install strace")
    return subprocess.Popen(
        [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=%network,open,openat,creat,rename,renameat,renameat2,mkdir,mkdirat",
            "-o",
            str(log),
            *command(*arguments),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment(
            HOME=str(home),
            XDG_STATE_HOME=str(home / "state"),
            XDG_DATA_HOME=str(home / "data"),
            READTHEROOM_RECORD_AUDIT="true",
            PYTHONDONTWRITEBYTECODE="1",
        ),
    )


def check(log: Path, *allowed: str) -> None:
    lines = log.read_text(errors="replace").splitlines()
    assert len(lines) > 100, "the trace is empty"
    assert strangers(lines) == []
    assert written(lines, ("/dev/null", "/proc/", *allowed)) == []


@pytest.mark.parametrize("records", [False, True])
def test_a_live_session_talks_to_this_machine_only_and_writes_no_picture(
    tmp_path: Path, records: bool
) -> None:
    """What it writes: its connection file, one line for who followed the feed and, when asked to, the
    readings."""
    home, log = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    more = ["--record"] if records else []
    process = traced(log, "demo", "--no-open", "--port", "0", "--participants", "9", *more, home=home)
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("Dashboard"))
        assert TOKEN in line
        room = follow(int(line.split(":")[2].split("/")[0]), lambda room: room["room"]["read"] > 3)[-1]
        assert room["room"]["read"] > 3
    finally:
        # strace hands the signal on to nobody: the program itself is its child.
        subprocess.run(["pkill", "-INT", "-P", str(process.pid)], check=False)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
    kept = home / "data" / "readtheroom"
    check(log, str(home / "state"), str(home / "data"))
    files = {str(path.relative_to(kept)): path for path in home.rglob("*") if path.is_file()}
    audit = files.pop("audit.jsonl").read_text()
    assert files.pop("audit.jsonl.lock").read_bytes() == b""
    assert "connected" in audit
    assert "happy" not in audit
    assert [Path(name).suffix for name in files] == [".session"] * records
    if records:
        (session,) = map(load_session, files.values())
        assert session.is_finished
        # 32 bytes for each tile and frame: no picture of a face fits into that.
        assert session.said.nbytes == 32 * len(session.said) > 0


def test_reading_a_picture_writes_nothing(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    scene = Script(3, 4).scene_at(0.0)
    Image.fromarray(Gallery(Plan(style_named("zoom"), (640, 360))).draw(scene).pixels).save(
        tmp_path / "a.png"
    )
    process = traced(log, "analyze", str(tmp_path / "a.png"), "--json", home=home)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    check(log)


@pytest.mark.parametrize(
    "line",
    [
        'connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("142.250.1.1")}, 16) = 0',
        'sendto(3, "x", 1, 0, {sa_family=AF_INET, sin_addr=inet_addr("10.0.0.2")}, 16) = 1',
        'connect(3, {sa_family=AF_INET6, inet_pton(AF_INET6, "2a00::1", &sin6_addr)}, 28) = 0',
        'bind(3, {sa_family=AF_INET, sin_port=htons(8765), sin_addr=inet_addr("0.0.0.0")}, 16) = 0',
        'bind(3, {sa_family=AF_INET6, inet_pton(AF_INET6, "::", &sin6_addr)}, 28) = 0',
        'connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
        'connect(3, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT',
    ],
)
def test_a_connection_off_the_machine_is_seen(line: str) -> None:
    assert strangers([line]) == [line]
    assert strangers(['connect(3, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16) = 0']) == []


@pytest.mark.parametrize(
    "line",
    [
        '12 openat(AT_FDCWD, "/tmp/frame.png", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 5',
        '12 openat(AT_FDCWD, "/tmp/frame.png", O_WRONLY|O_CREAT, 0666 <unfinished ...>',
        '12 openat(AT_FDCWD, "/proc/../tmp/frame.png", O_RDWR|O_CREAT, 0666) = 5',
        '12 openat(7, "frame.png", O_WRONLY|O_CREAT, 0666) = 5',
        '12 creat("/tmp/frame.png", 0666) = 5',
        '12 rename("/proc/x", "/tmp/frame.png") = 0',
        '12 mkdir("/tmp/frames", 0777) = 0',
    ],
)
def test_a_written_file_is_seen(line: str) -> None:
    assert written([line], ("/dev/null", "/proc/")) == [line]


def test_what_is_allowed_or_only_read_is_passed_over() -> None:
    kept = '12 openat(AT_FDCWD, "/state/feed-1.json", O_RDWR|O_CREAT|O_EXCL, 0600) = 5'
    assert written([kept], ("/state/",)) == []
    assert written(['openat(AT_FDCWD, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3'], ()) == []
    assert written(['12 mkdir("/state", 0777) = -1 EEXIST (File exists)'], ()) == []


def ids_of_a_class(*, faces: bool) -> dict[tuple[int, str], str]:
    """The id of each participant in each frame; without ``faces``, noise stands for all but the label.

    Ids are random, so each is told by its place among all that were given out.
    """
    places: dict[str, str] = {}
    script, random = Script(4, 20, page_size=9, pace=ScriptPace().faster(3.0)), np.random.default_rng(1)
    gallery = Gallery(Plan(style_named("zoom"), (1280, 720)))
    ids = {}
    with open_analyzer(Config()) as analyzer:
        for index in range(60):
            drawing = gallery.draw(script.scene_at(index * 0.2))
            pixels = drawing.pixels.copy()
            for tile in drawing.truth:
                left, top, width, height = map(
                    int, (tile.box.left, tile.box.top, tile.box.width, tile.box.height)
                )
                # Tiles count as a gallery once people were seen in them, hence the first seconds as they are.
                if not faces and index >= 15:
                    inside = pixels[top + 6 : top + int(height * 0.82), left + 6 : left + width - 6]
                    inside[:] = random.integers(0, 256, inside.shape, dtype=np.uint8)
            for reading in analyzer.analyze(Frame(pixels, index * 0.2, index * 0.2)).readings:
                true = max(drawing.truth, key=lambda tile: tile.box.iou(reading.box))
                ids[index, true.id] = places.setdefault(reading.id, f"id {len(places)}")
    return ids


def test_ids_do_not_depend_on_faces() -> None:
    """Otherwise they would be biometric identification: the name label's picture alone tells people apart."""
    known = ids_of_a_class(faces=True)
    assert len({people for _, people in known}) > 9, "no page was turned"
    assert ids_of_a_class(faces=False) == known


def test_no_message_carries_what_identifies_a_face() -> None:
    names = set(re.findall(r'"([a-z_0-9]+)":', json.dumps(feed_schema())))
    assert {"confidence", "facing"} <= names
    assert not {
        name for name in names if re.search("embed|descriptor|landmark|keypoint|identity|person|crop", name)
    }
