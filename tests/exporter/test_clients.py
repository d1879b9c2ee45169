"""The two small clients, run as other tools would run them, against the live server."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import exporter.clients
from exporter.clients.python_client import follow
from exporter.server import FeedServer
from tests.exporter.samples import serving, snapshot

CLIENT = Path(exporter.clients.__file__).parent / "client.mjs"

PROGRAM = """
const { follow } = await import(process.argv[1]);
const { readFileSync } = await import("node:fs");
const ticket = JSON.parse(readFileSync(process.argv[2], "utf8"));
let left = 4;
const stop = follow(ticket, (message) => {
  console.log(JSON.stringify(message));
  if (--left === 0) stop();
}, { options: { view: "room" } });
"""


@contextmanager
def publishing(server: FeedServer) -> Iterator[None]:
    """New snapshots, one after another, while the block runs."""
    stop = threading.Event()

    def work() -> None:
        for seq in itertools.count(1):
            server.publish(snapshot(seq))
            if stop.wait(0.01):
                return

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_the_python_client_follows_across_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as server, publishing(server):
        assert server.ticket_path is not None
        messages = follow(server.ticket_path, "&view=room", pause=0.05)
        kinds = [next(messages)["type"] for _ in range(4)]
    with serving(tmp_path, port=server.port) as again, publishing(again):
        sessions = [message["session"] for message in itertools.islice(messages, 4) if "session" in message]
    messages.close()  # type: ignore[attr-defined]
    assert kinds == ["hello", "room", "room", "room"]
    assert len(sessions) == 1


def test_the_python_client_as_a_program(tmp_path: Path) -> None:
    with serving(tmp_path) as server, publishing(server):
        command = [sys.executable, "-m", "exporter.clients.python_client", str(server.ticket_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            lines = [program.stdout.readline().split() for _ in range(3)]
            program.kill()
    assert lines[0] == ["hello"]
    assert [line[0] for line in lines[1:]] == ["room", "room"]
    assert lines[1][2:] == ["3", "happy"]


def test_the_javascript_client_in_node(tmp_path: Path) -> None:
    flags = _node_flags()
    with serving(tmp_path) as server, publishing(server):
        command = ["node", *flags, "--input-type=module", "-e", PROGRAM, str(CLIENT), str(server.ticket_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [message["type"] for message in messages] == ["hello", "room", "room", "room"]
    seqs = [message["seq"] for message in messages[1:]]
    assert seqs == sorted(set(seqs))
    assert messages[1]["tiles"] == []


def _node_flags() -> list[str]:
    """Node 22 has a WebSocket of its own; 20.10 and newer have the same one behind a flag."""
    try:
        told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except OSError:
        pytest.skip("Node is not installed")
    version = tuple(int(part) for part in told.strip().lstrip("v").split(".")[:2])
    if version < (20, 10):
        pytest.skip(f"Node {told.strip()} has no WebSocket of its own")
    return [] if version >= (22, 0) else ["--experimental-websocket", "--no-warnings"]
