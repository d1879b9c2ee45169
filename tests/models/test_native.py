"""What native code writes to stderr is collected, and stderr is as before afterwards."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from models.native import native_output
from tests.paths import ROOT


def test_native_output_is_collected_and_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with native_output() as said:
        os.write(2, b"chatter\nmore\n")
    os.write(2, b"an error\n")
    assert said == ["chatter", "more"]
    assert capfd.readouterr().err == "an error\n"


def test_stderr_comes_back_when_the_block_fails(capfd: pytest.CaptureFixture[str]) -> None:
    open_before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    with pytest.raises(ZeroDivisionError), native_output():
        raise ZeroDivisionError
    os.write(2, b"an error\n")
    assert capfd.readouterr().err == "an error\n"
    if open_before:
        assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_without_a_stderr_there_is_nothing_to_redirect() -> None:
    code = (
        "import sys\nfrom models.native import native_output\n"
        "with native_output() as said:\n    print(sys.stderr is None, said)"
    )
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} 2>&-"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "True []\n")


def test_a_second_thread_keeps_its_chatter_when_the_first_one_ends(capfd: pytest.CaptureFixture[str]) -> None:
    first_began, second_began, first_ended = threading.Event(), threading.Event(), threading.Event()
    heard: list[list[str]] = []

    def first() -> None:
        with native_output():
            first_began.set()
            second_began.wait(0.3)
        first_ended.set()

    def second() -> None:
        with native_output() as said:
            second_began.set()
            first_ended.wait(5)
            os.write(2, b"chatter\n")
        heard.append(said)

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert first_began.wait(5)
    threads[1].start()
    for thread in threads:
        thread.join(5)
    assert heard == [["chatter"]]
    assert not capfd.readouterr().err
