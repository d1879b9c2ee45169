"""Nothing leaves the machine and no picture is written: shown on the program's own system calls.

This is also what guards the upper bound of mediapipe in ``pyproject.toml``: from 0.10.35 on it resolves its
vendor's host and uploads usage statistics as soon as a detector is made.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from tests.paths import ROOT
from tests.program import TOKEN, command, environment, follow

ADDRESS = re.compile(r'sin6?_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
OPENED = re.compile(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)", ([A-Z_|]+)')
WRITING = ("O_WRONLY", "O_RDWR", "O_CREAT")
LOOPBACK = ("127.", "::1")


def strangers(trace: Iterable[str]) -> list[str]:
    """The addresses off this machine that some traced system calls name."""
    found = []
    for line in trace:
        for four, six in ADDRESS.findall(line):
            address = four or six
            # Binding to nothing, or asking which address is free, talks to nobody.
            if not address.startswith(LOOPBACK) and address not in {"0.0.0.0", "::"}:  # noqa: S104
                found.append(line)
    return found


def written(trace: Iterable[str], allowed: tuple[str, ...]) -> list[str]:
    """The files that were opened for writing, beside those that ``allowed`` begins."""
    found = []
    for line in trace:
        match = OPENED.search(line)
        if match and any(flag in match[2] for flag in WRITING) and " = -1 " not in line:
            path = match[1]
            # Files of O_TMPFILE have no name and end with the process: chatter of native code is kept there.
            if "O_TMPFILE" not in match[2] and not path.startswith(allowed):
                found.append(line)
    return found


def traced(log: Path, *arguments: str, home: Path) -> subprocess.Popen[str]:
    """Start the program under strace, with a home of its own."""
    if shutil.which("strace") is None:
        message = "no system calls to look at: install strace"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return subprocess.Popen(
        [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=%network,open,openat,creat",
            "-o",
            str(log),
            *command(*arguments),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment(HOME=str(home), XDG_STATE_HOME=str(home / "state"), PYTHONDONTWRITEBYTECODE="1"),
    )


def check(log: Path, *allowed: str) -> None:
    lines = log.read_text(errors="replace").splitlines()
    assert len(lines) > 100, "the trace is empty"
    assert strangers(lines) == []
    assert written(lines, ("/dev/null", "/proc/", *allowed)) == []


def test_a_live_session_talks_to_this_machine_only_and_writes_its_ticket_only(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    process = traced(log, "demo", "--no-open", "--port", "0", "--participants", "9", home=home)
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
    check(log, str(home / "state"))
    assert [path for path in home.rglob("*") if path.is_file()] == []


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
    ],
)
def test_a_connection_off_the_machine_is_seen(line: str) -> None:
    assert strangers([line]) == [line]
    assert strangers(['connect(3, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16) = 0']) == []


def test_a_written_file_is_seen() -> None:
    line = '12 openat(AT_FDCWD, "/tmp/frame.png", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 5'
    assert written([line], ("/dev/null",)) == [line]
    assert written([line], ("/tmp/",)) == []  # noqa: S108
    assert written(['openat(AT_FDCWD, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3'], ()) == []
