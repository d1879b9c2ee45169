"""A display server that dies in the middle of a conversation, after each of its first answers."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.errors import DisplayError, SourceLostError
from agent.sources.display import Display
from tests.screen.conftest import Desktop

pytestmark = pytest.mark.screen
FIRST_PORT = 6000
"""Where the X protocol has the server of display 0 listen."""


def pass_on(client: socket.socket, server: socket.socket, answers: int) -> None:
    """Pass on what both say, until the server has said so much or either hangs up."""
    said = 0
    while said < answers:
        # Not in turns: there are requests without an answer.
        for one in select.select([client, server], [], [])[0]:
            content = one.recv(65536)
            if not content:
                return
            (server if one is client else client).sendall(content)
            said += one is server


@contextmanager
def dying(desktop: Desktop, answers: int) -> Iterator[str]:
    """The name of a display that is ``desktop``, but hangs up on each client after some answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    number = listener.getsockname()[1] - FIRST_PORT

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, socket.socket(socket.AF_UNIX) as server:
                server.connect(f"/tmp/.X11-unix/X{desktop.name.removeprefix(':')}")  # noqa: S108
                pass_on(client, server, answers)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{number}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize("answers", range(4))
def test_a_server_that_dies_while_a_client_connects_is_named(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, answers: int
) -> None:
    monkeypatch.setenv("DISPLAY", desktop.name)
    display = Display()
    try:
        with dying(desktop, answers) as name:
            monkeypatch.setenv("DISPLAY", name)
            with pytest.raises(SourceLostError):
                display.recount()
            with pytest.raises(DisplayError):
                Display()
    finally:
        display.close()
