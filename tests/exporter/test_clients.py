"""The two small clients, run as other tools would run them, against the live server."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import exporter.clients
from exporter.access.token import ConnectionInfo, write_connection_file
from exporter.clients.python_client import follow
from exporter.server.feed_server import FeedServer
from tests.exporter.samples import serving, serving_tls, snapshot
from tests.program import TOKEN

CLIENT = Path(exporter.clients.__file__).parent / "client.mjs"

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what --lan serves

PROGRAM = """
const { follow } = await import(process.argv[1]);
const { readFileSync } = await import("node:fs");
const agent = JSON.parse(readFileSync(process.argv[2], "utf8"));
let left = 4;
const stop = follow(agent, (message) => {
  console.log(JSON.stringify(message));
  if (--left === 0) stop();
}, { options: { view: "room" } });
"""

TELLING = """
const { follow } = await import(process.argv[1]);
const { readFileSync } = await import("node:fs");
class Telling extends WebSocket {
  constructor(address) { super(address); console.log("try"); }
}
const stop = follow(JSON.parse(readFileSync(process.argv[2], "utf8")), (message) => {
  console.log(message.type);
  stop();
}, { pause: 100, Socket: Telling });
"""
"""Says each attempt to connect, and ends with the first message."""


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
        assert server.connection_file is not None
        messages = follow(server.connection_file, "&view=room", pause=0.05)
        kinds = [next(messages)["type"] for _ in range(4)]
    with serving(tmp_path, port=server.port) as again, publishing(again):
        sessions = [message["session"] for message in itertools.islice(messages, 4) if "session" in message]
    messages.close()  # type: ignore[attr-defined]
    assert kinds == ["hello", "room", "room", "room"]
    assert len(sessions) == 1


def test_the_python_client_outlives_an_agent_that_goes_while_it_is_asked(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as dying:
        port = dying.getsockname()[1]
        write_connection_file(told, ConnectionInfo(feed=f"ws://127.0.0.1:{port}/feed", token=TOKEN))
        messages = follow(told, pause=0.05)
        dying.settimeout(30)
        first = pool.submit(next, messages)
        for _ in range(2):
            dying.accept()[0].close()
        dying.close()
        with serving(tmp_path, port=port, token=TOKEN):
            assert first.result(timeout=60)["type"] == "hello"
            messages.close()  # type: ignore[attr-defined]


def test_the_python_client_outlives_a_token_that_is_not_in_the_file_yet(tmp_path: Path) -> None:
    """The file of an agent that was killed names its token while the next one begins to listen."""
    told = tmp_path / "told.json"
    with ThreadPoolExecutor() as pool, serving(tmp_path, token=TOKEN) as server:
        feed = f"ws://127.0.0.1:{server.port}/feed"
        write_connection_file(told, ConnectionInfo(feed=feed, token="x" * 32))
        messages = follow(told, pause=1.0)
        first = pool.submit(next, messages)
        while not server.hub.metrics.refused:
            time.sleep(0.01)
        write_connection_file(told, ConnectionInfo(feed=feed, token=TOKEN))
        assert first.result(timeout=30)["type"] == "hello"
        messages.close()  # type: ignore[attr-defined]


def check_printed_room(command: Sequence[str]) -> None:
    """A client that runs as a program prints the room, a line each time."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline().split() for _ in range(3)]
        program.kill()
    assert lines[0] == ["hello"]
    assert [line[0] for line in lines[1:]] == ["room", "room"]
    assert lines[1][2:] == ["3", "happy"]


def test_the_python_client_as_a_program(tmp_path: Path) -> None:
    with serving(tmp_path) as server, publishing(server):
        command = [sys.executable, "-m", "exporter.clients.python_client", str(server.connection_file)]
        check_printed_room(command)


def test_the_python_client_trusts_the_certificate_of_the_connection_file(tmp_path: Path) -> None:
    with serving_tls(tmp_path, EVERYWHERE) as server, publishing(server):
        assert server.connection_file is not None
        messages = follow(server.connection_file)
        assert [next(messages)["type"] for _ in range(2)] == ["hello", "room"]
        messages.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("certificate", "said"),
    [(None, "is not trusted (self-signed certificate)"), ("gone.pem", "gone.pem cannot be read")],
)
def test_the_python_client_says_what_is_wrong_with_a_certificate(
    tmp_path: Path, certificate: str | None, said: str
) -> None:
    with serving_tls(tmp_path) as server:
        told = tmp_path / "told.json"
        info = ConnectionInfo(
            feed=f"wss://127.0.0.1:{server.port}/feed", token=server.token, certificate=certificate
        )
        write_connection_file(told, info)
        command = [sys.executable, "-m", "exporter.clients.python_client", str(told)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{feed}", "the token is not the one of this session"),
        ("no json", "is no connection file of an agent"),
        ("{}", "is no connection file of an agent: KeyError('token')"),
        ('{"feed": "http://127.0.0.1:1/feed", "token": "t", "certificate": null}', "scheme isn't ws or wss"),
    ],
    ids=["a wrong token", "no JSON", "nothing in it", "the address of a page"],
)
def test_the_python_client_says_what_is_wrong_with_a_connection_file(
    tmp_path: Path, content: str, said: str
) -> None:
    with serving(tmp_path) as server:
        feed = {"feed": f"ws://127.0.0.1:{server.port}/feed", "token": "another", "certificate": None}
        told = tmp_path / "told.json"
        told.write_text(json.dumps(feed) if content == "{feed}" else content)
        command = [sys.executable, "-m", "exporter.clients.python_client", str(told)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_the_python_client_says_that_the_disk_is_full(tmp_path: Path) -> None:
    with serving(tmp_path) as server, Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "exporter.clients.python_client", str(server.connection_file)]
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (1, "the output cannot be used: No space left on device\n")


def test_the_python_client_says_that_it_waits_for_an_agent(tmp_path: Path) -> None:
    # A shell starts what it does not wait for with this signal ignored, and its children inherit that.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from exporter.clients.python_client import main; main()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "none.json")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr is not None
        assert program.stderr.readline().startswith("waiting for an agent: there is no ")
        program.send_signal(signal.SIGINT)
        assert program.stderr.read() == ""
    assert program.returncode == 130


@pytest.mark.parametrize(
    ("given", "code"), [(["--help"], 0), (["-h"], 0), (["--file", "a.json"], 2), (["a.json", "b.json"], 2)]
)
@pytest.mark.parametrize("client", ["python", "javascript"])
def test_a_client_says_how_it_is_used(client: str, given: list[str], code: int) -> None:
    if client == "javascript":
        command = ["node", *_node_flags(), str(CLIENT), *given]
    else:
        command = [sys.executable, "-m", "exporter.clients.python_client", *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    said, nothing = (done.stdout, done.stderr) if code == 0 else (done.stderr, done.stdout)
    assert said.startswith("usage: ")
    assert "connection file" in said
    assert nothing == ""


def test_the_javascript_client_as_a_program(tmp_path: Path) -> None:
    flags = _node_flags()
    with serving(tmp_path) as server, publishing(server):
        command = ["node", *flags, str(CLIENT), str(server.connection_file)]
        check_printed_room(command)


def test_a_client_ends_quietly_when_the_reader_of_its_lines_has_gone(tmp_path: Path) -> None:
    programs = [
        ["node", *_node_flags(), str(CLIENT)],
        [sys.executable, "-m", "exporter.clients.python_client"],
    ]
    with serving(tmp_path) as server, publishing(server):
        for program in programs:
            command = [*program, str(server.connection_file)]
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as started:
                assert started.stdout is not None
                assert started.stderr is not None
                started.stdout.readline()
                started.stdout.close()
                assert started.stderr.read() == ""
                assert started.wait(60) == 0


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no such file"), ("no json", "JSON"), ("{}", "Invalid URL")]
)
def test_the_javascript_client_says_what_is_wrong_with_a_connection_file(
    tmp_path: Path, content: str | None, said: str
) -> None:
    told = tmp_path / "told.json"
    if content is not None:
        told.write_text(content)
    command = ["node", *_node_flags(), str(CLIENT), str(told)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert str(told) in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_javascript_client_as_a_program_names_what_is_missing(tmp_path: Path) -> None:
    _node_flags()
    (tmp_path / "told.json").write_text(json.dumps({"feed": "ws://127.0.0.1:1/feed", "token": "t"}))
    (tmp_path / "without.cjs").write_text("delete globalThis.WebSocket;")
    command = ["node", "--require", str(tmp_path / "without.cjs"), str(CLIENT), str(tmp_path / "told.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "use Node 22 or newer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_javascript_client_trusts_the_certificate_that_node_is_told(tmp_path: Path) -> None:
    flags = _node_flags()
    with serving_tls(tmp_path, EVERYWHERE) as server, publishing(server):
        file = server.connection_file
        assert file is not None
        trusted = {**os.environ, "NODE_EXTRA_CA_CERTS": json.loads(file.read_text())["certificate"]}
        command = ["node", *flags, "--input-type=module", "-e", PROGRAM, str(CLIENT), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=trusted)
    assert json.loads(done.stdout.splitlines()[0])["type"] == "hello"


def test_the_javascript_client_waits_for_an_agent_that_is_not_there(tmp_path: Path) -> None:
    flags = _node_flags()
    with socket.socket() as nobody:
        # Bound, so that nobody else takes the port, and not listening: each attempt is refused.
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        told = tmp_path / "told.json"
        write_connection_file(told, ConnectionInfo(feed=f"ws://127.0.0.1:{port}/feed", token=TOKEN))
        command = ["node", *flags, "--input-type=module", "-e", TELLING, str(CLIENT), str(told)]
        node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert node.stdout is not None
        assert [node.stdout.readline() for _ in range(2)] == ["try\n"] * 2
    with node, serving(tmp_path, port=port, token=TOKEN) as server, publishing(server):
        said, _ = node.communicate(timeout=60)
    assert said.splitlines()[-1] == "hello"


def test_the_javascript_client_as_a_program_follows_an_agent_that_restarts(tmp_path: Path) -> None:
    """Each start makes another token, and none is in the file between two starts."""
    flags = _node_flags()
    with serving(tmp_path, token="a" * 32) as server, publishing(server):
        command = ["node", *flags, str(CLIENT), str(server.connection_file)]
        node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert node.stdout is not None
        assert [node.stdout.readline().split()[0] for _ in range(2)] == ["hello", "room"]
    with node:
        with serving(tmp_path, port=server.port, token="b" * 32) as again, publishing(again):
            lines = iter(node.stdout.readline, "")
            assert "hello" in (line.strip() for line in itertools.islice(lines, 200))
        node.kill()


def test_the_javascript_client_goes_on_after_an_error_of_its_user(tmp_path: Path) -> None:
    flags = _node_flags()
    program = """
const { follow } = await import(process.argv[1]);
const { readFileSync } = await import("node:fs");
process.on("uncaughtException", () => console.log("error"));
let left = 3;
const stop = follow(JSON.parse(readFileSync(process.argv[2], "utf8")), (message) => {
  console.log(message.type);
  if (--left === 0) stop();
  throw new Error("a chart that cannot be drawn");
});
"""
    with serving(tmp_path) as server, publishing(server):
        command = [
            "node",
            *flags,
            "--input-type=module",
            "-e",
            program,
            str(CLIENT),
            str(server.connection_file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stdout.split() if line != "error"] == ["hello", "room", "room"]


def test_the_javascript_client_in_node(tmp_path: Path) -> None:
    flags = _node_flags()
    with serving(tmp_path) as server, publishing(server):
        command = [
            "node",
            *flags,
            "--input-type=module",
            "-e",
            PROGRAM,
            str(CLIENT),
            str(server.connection_file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [message["type"] for message in messages] == ["hello", "room", "room", "room"]
    seqs = [message["seq"] for message in messages[1:]]
    assert seqs == sorted(set(seqs))
    assert messages[1]["tiles"] == []


def test_the_javascript_client_names_what_is_missing() -> None:
    flags = _node_flags()
    told = """delete globalThis.WebSocket;
const { follow } = await import(process.argv[1]);
try { follow({ feed: "ws://127.0.0.1:1/feed", token: "t" }, () => {}); }
catch (error) { console.log(error.message); }
"""
    command = ["node", *flags, "--input-type=module", "-e", told, str(CLIENT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "Node 22" in done.stdout


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
