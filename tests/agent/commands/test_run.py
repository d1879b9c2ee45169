"""What a run says of itself in the log."""

from __future__ import annotations

import dataclasses
import json
import logging
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from agent.commands.run import _noting_first, stopped_by_signals
from agent.values import Room, Snapshot, SourceState, SourceStatus
from exporter.stopping import STOPPING
from tests.exporter.samples import snapshot
from tests.program import TOKEN, call, follow, running

READ = snapshot(3)
UNREAD = dataclasses.replace(READ, room=Room(9, 9, 0), age=0.5)
WAITING = dataclasses.replace(snapshot(1, 0), width=0, height=0, source=SourceStatus(SourceState.STALLED))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([READ, READ], "first reading 100.0 s after the start"),
        ([UNREAD, READ], "first reading 100.0 s after the start"),
        ([WAITING, WAITING, UNREAD, READ, READ], "first reading 0.5 s after the first picture"),
    ],
)
def test_the_wait_for_somebody_to_share_does_not_count(
    caplog: pytest.LogCaptureFixture, given: list[Snapshot], told: str
) -> None:
    caplog.set_level(logging.INFO, logger="readtheroom")
    published: list[Snapshot] = []
    publish = _noting_first(published.append, time.monotonic() - 100)
    for one in given:
        publish(one)
    assert published == given
    assert caplog.messages == [told]


@pytest.mark.skipif(sys.platform == "win32", reason="the browser is a shell script")
def test_a_browser_that_stays_open_keeps_nobody_from_reading_or_from_stopping(tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\nexec sleep 40 > /dev/null 2>&1\n')
    browser.chmod(0o755)
    with running("demo", "--participants", "4", BROWSER=str(browser)) as (process, port):
        follow(port, lambda message: message["room"]["read"] > 0)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - start < 15
    assert "/?pass=" in opened.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="the browser is a shell script")
def test_a_demo_without_a_browser_says_so(tmp_path: Path) -> None:
    nothing = {"BROWSER": "/bin/false", "PATH": str(tmp_path), "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    done = call("demo", "--port", "0", "--duration", "1", **nothing)
    assert done.returncode == 0, done.stderr
    assert "no browser could be opened: open the Dashboard address yourself" in done.stderr


def test_at_its_end_a_run_says_how_many_exclusions_it_forgets() -> None:
    with running("demo", "--participants", "4", "--no-open") as (process, port):
        tiles = follow(port, lambda message: len(message["tiles"]) == 4)[-1]["tiles"]
        with connect(f"ws://127.0.0.1:{port}/feed?token={TOKEN}") as feed:
            feed.send(json.dumps({"type": "exclude", "id": tiles[0]["id"]}))
        follow(port, lambda message: any(one["state"] == "excluded" for one in message["tiles"]))
        process.send_signal(signal.SIGTERM)
        said = process.stdout.read() if process.stdout is not None else ""
    assert "1 exclusion by hand ended with the program" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_midst_of_a_grab_waits_for_the_source_instead_of_for_itself(number: int) -> None:
    before, lock, closed = signal.getsignal(number), threading.Lock(), []
    with stopped_by_signals(lambda: closed.append(lock.acquire(timeout=5))):
        with lock:
            signal.raise_signal(number)
        assert signal.getsignal(number) is before
    assert closed == [True]


def test_without_a_signal_nothing_is_stopped_and_no_thread_stays() -> None:
    before, stopped = threading.active_count(), []
    with stopped_by_signals(lambda: stopped.append(True)):
        pass
    assert (stopped, threading.active_count()) == ([], before)


def test_a_signal_while_the_handlers_are_being_set_stops_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls, stopped = signal.signal, list[int](), threading.Event()

    def set_and_raise(number: int, handler: Any) -> Any:
        old = real(number, handler)
        calls.append(number)
        if len(calls) == 1:
            signal.raise_signal(number)
        return old

    before = {number: signal.getsignal(number) for number in STOPPING}
    monkeypatch.setattr(signal, "signal", set_and_raise)
    with stopped_by_signals(stopped.set):
        assert stopped.wait(5)
    assert {number: signal.getsignal(number) for number in STOPPING} == before


def test_a_handler_that_is_not_python_s_ends_the_program_at_the_second_signal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = {number: signal.getsignal(number) for number in STOPPING}
    stopped = threading.Event()
    try:
        with monkeypatch.context() as patched:
            patched.setattr(signal, "getsignal", lambda _: None)
            with stopped_by_signals(stopped.set):
                signal.raise_signal(signal.SIGTERM)
                assert stopped.wait(5)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
