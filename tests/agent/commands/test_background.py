"""The agent in the background: one per user, its log, a second one that offers the first, and its end."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from agent.__main__ import main
from agent.commands import background
from agent.system.background import Instance, InstanceLock, detach
from exporter.access.tls import kept_certificate
from exporter.access.token import (
    ConnectionInfo,
    connection_file,
    read_connection_file,
    write_connection_file,
)
from exporter.protocol.client_commands import StopCommand, encode_command
from tests.paths import ROOT
from tests.program import call, command, environment, follow
from tests.waiting import PATIENCE, until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="asks through a pseudo-terminal"),
    pytest.mark.timeout(180),
]
START = ("run", "--source", "demo", "--background", "--port", "0")


class Home:
    """A user of its own: what programs keep, and the browser that is opened."""

    def __init__(self, folder: Path) -> None:
        self.opened, browser = folder / "opened", folder / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {self.opened}\n')
        browser.chmod(0o755)
        self.extra = {
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "READTHEROOM_DEMO_PARTICIPANTS": "4",
            "BROWSER": str(browser),
        }
        self.state = folder / "state" / "readtheroom"

    @property
    def agent(self) -> dict[str, Any]:
        """Process and port of the agent; empty where none runs."""
        path = self.state / "agent.json"
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    @property
    def log(self) -> str:
        return (self.state / "log" / "agent.log").read_text()

    def answer(self, text: str) -> tuple[int, str]:
        """Start another one at a terminal, where a question is answered so; its exit code and its words."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            command(*START),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=environment(**self.extra),
        ) as process:
            os.close(theirs)
            os.write(ours, text.encode())
            words, _ = process.communicate(timeout=PATIENCE)
            os.close(ours)
        return process.returncode, words

    def wait_for_end(self, pid: int) -> None:
        until(lambda: not is_there(pid))


def is_there(pid: int) -> bool:
    try:
        # A process that ended and that nobody waited for is not there either.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    # Under nohup the tests ignore SIGHUP, and so would every program that they start.
    ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield made
    signal.signal(signal.SIGHUP, ignored)
    if made.agent:
        os.kill(made.agent["pid"], signal.SIGKILL)


def test_at_the_end_of_the_input_no_dashboard_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-D at the question, and a program without any standard input."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    with InstanceLock():
        assert main(["run", "--background"]) == 0
        monkeypatch.setattr("sys.stdin", None)
        assert main(["run", "--background"]) == 2
    assert "only one agent runs in the background" in capsys.readouterr().err


def test_the_addresses_are_those_that_the_agent_would_print_in_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Among them the share page's for a tablet, which stands nowhere else."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    write_connection_file(
        connection_file(8989), ConnectionInfo(feed="wss://127.0.0.1:8989/feed", token="t" * 16)
    )
    monkeypatch.setattr(background, "detach", lambda *_: Instance(pid=1, port=8989))
    assert main(["run", "--source", "webrtc", "--background", "--tls", "--host", "192.168.100.200"]) == 0
    told = capsys.readouterr().out
    assert f"Share      https://192.168.100.200:8989/share?token={'t' * 16}\n" in told
    assert "Scan this with a tablet" in told
    assert "SHA-256" in told
    assert "Ctrl-C" not in told


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes")
def test_one_agent_runs_in_the_background_until_its_session_hangs_up(home: Home) -> None:
    first = call(*START, **home.extra)
    assert first.returncode == 0
    agent = home.agent
    assert f"process {agent['pid']}" in first.stdout
    dashboard = f"http://127.0.0.1:{agent['port']}/?token="
    assert f"Dashboard  {dashboard}" in first.stdout

    second = call(*START, **home.extra)
    assert second.returncode == 2
    assert f"already (process {agent['pid']}): {dashboard}" in second.stdout
    assert "Traceback" not in second.stderr
    assert not home.opened.exists()

    assert home.answer("n\n")[0] == 0
    assert not home.opened.exists()
    code, words = home.answer("\n")
    assert code == 0
    assert "Open its dashboard?" in words
    assert home.opened.read_text().startswith(dashboard.replace("token=", "pass="))
    assert home.agent == agent

    os.kill(agent["pid"], signal.SIGHUP)
    home.wait_for_end(agent["pid"])
    assert home.log.splitlines()[-1].endswith("stopped")
    assert "Traceback" not in home.log
    assert not home.agent
    assert not list(home.state.glob("feed-*.json"))


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes")
@pytest.mark.parametrize("flags", [(), ("--tls",), ("--lan",)])
def test_stop_ends_it_and_says_when_there_is_none(home: Home, flags: tuple[str, ...]) -> None:
    assert call(*START, *flags, **home.extra).returncode == 0
    pid = home.agent["pid"]
    assert call("stop", **home.extra).stdout == "Stopped.\n"
    home.wait_for_end(pid)
    assert "stopped" in home.log
    assert not list(home.state.glob("feed-*.json"))
    none = call("stop", **home.extra)
    assert none.returncode == 2
    assert none.stderr.startswith("readtheroom: no agent is running in the background: ")


def test_stop_says_why_it_does_not_trust_the_agent(home: Home) -> None:
    assert call(*START, "--tls", **home.extra).returncode == 0
    kept_certificate(["127.0.0.1", "another.example"], home.state)
    refused = call("stop", **home.extra)
    assert refused.returncode == 2
    assert "the agent's certificate is not trusted (self-signed certificate)" in refused.stderr
    assert "end that process yourself" in refused.stderr


def ask_to_end(home: Home, agent: dict[str, Any]) -> None:
    info = read_connection_file(home.state / f"feed-{agent['port']}.json")
    headers = {"Authorization": f"Bearer {info.token}"}
    with connect(f"{info.feed}?view=room", additional_headers=headers, proxy=None) as feed:
        feed.send(encode_command(StopCommand()))


def terminate(_: Home, agent: dict[str, Any]) -> None:
    os.kill(agent["pid"], signal.SIGTERM)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes")
@pytest.mark.parametrize("end", [ask_to_end, terminate])
def test_it_can_be_ended_as_soon_as_it_is_announced(
    home: Home, tmp_path: Path, end: Callable[[Home, dict[str, Any]], None]
) -> None:
    opened, go = tmp_path / "browsing", tmp_path / "go"
    browser = tmp_path / "slow-browser"
    browser.write_text(f"#!/bin/sh\ntouch {opened}\nwhile [ ! -e {go} ]; do sleep 0.05; done\n")
    browser.chmod(0o755)
    started = call(*START, "--open", **{**home.extra, "BROWSER": str(browser)})
    assert started.returncode == 0, started.stderr
    agent = home.agent
    try:
        # The agent waits for its browser: it reads nothing yet, and takes the wish all the same.
        until(opened.exists)
        end(home, agent)
    finally:
        go.touch()
    home.wait_for_end(agent["pid"])
    assert home.log.splitlines()[-1].endswith("stopped")
    assert not list(home.state.glob("feed-*.json"))


def test_it_is_known_behind_a_launcher_with_a_process_of_its_own(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a virtual environment on Windows, whose python.exe starts the real one and waits for it."""
    launcher = tmp_path / "python"
    launcher.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\nexit $?\n')
    launcher.chmod(0o755)
    for name, value in environment(**home.extra).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "executable", str(launcher))
    holder = detach(START[:3] + START[4:], InstanceLock(), tmp_path / "log")
    assert home.agent["pid"] == holder.pid
    assert call("stop", **home.extra).stdout == "Stopped.\n"


def test_a_detached_agent_starts_no_other_one(home: Home) -> None:
    started = call(*START, "--detached", "--duration", "0.1", **home.extra)
    assert started.returncode == 0
    assert "in the background" not in started.stdout
    assert "stopped" in home.log


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes")
def test_it_says_that_it_records_and_in_the_end_where_that_lies(home: Home) -> None:
    started = call(*START, "--record", **home.extra)
    assert started.returncode == 0
    said = next(line for line in started.stdout.splitlines() if line.startswith("Recording"))
    name = said.rpartition("readtheroom report ")[2]
    follow(home.agent["port"], lambda room: room["seq"] > 2)
    stopped = call("stop", **home.extra)
    assert stopped.stdout.splitlines()[1] == said.replace("Recording ", "Recorded  ")
    assert f"recorded {said.split()[1]}" in home.log
    assert name in call("report", **home.extra).stdout


def test_an_agent_that_cannot_start_says_why(home: Home) -> None:
    failed = call("run", "--source", "nowhere.mp4", "--background", **home.extra)
    assert failed.returncode == 2
    assert "the agent did not start" in failed.stderr
    assert "nowhere.mp4" in failed.stderr
