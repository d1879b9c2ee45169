"""The border between errors and exit codes."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from agent import __main__ as program
from agent import cli
from agent.errors import ConfigError


def fail_with(error: BaseException) -> object:
    def parse(_: object) -> object:
        raise error

    return parse


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError("feed.port is 'x'"), 2, "readtheroom: feed.port is 'x'"),
        (ImportError("libGL.so.1: cannot open shared object file"), 2, "apt install libgl1"),
        (KeyboardInterrupt(), 130, ""),
        (KeyboardInterrupt(signal.SIGTERM), 143, ""),
    ],
)
def test_what_a_user_can_mend_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    monkeypatch.setattr(cli, "parse", fail_with(error))
    assert program.main([]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") <= 1


@pytest.mark.parametrize(
    "error", [ImportError("No module named 'flask'"), ZeroDivisionError(), BrokenPipeError()]
)
def test_a_bug_is_raised(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr(cli, "parse", fail_with(error))
    with pytest.raises(type(error)):
        program.main([])


def test_a_reader_that_had_enough_is_no_error() -> None:
    command = f"{shlex.quote(sys.executable)} -m agent --help | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_stderr_the_work_is_done_and_the_output_is_the_output(tmp_path: Path) -> None:
    picture = tmp_path / "grey.png"
    Image.new("RGB", (64, 64), "grey").save(picture)
    table = tmp_path / "table.csv"
    words = (
        sys.executable,
        "-m",
        "agent",
        "analyze",
        str(picture),
        str(tmp_path / "absent"),
        "--csv",
        str(table),
    )
    command = f"{shlex.join(words)} 2>&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, table.is_file()) == (2, True)
    # The errors and what was written belong to stderr.
    assert done.stdout.splitlines()[0].startswith(str(picture))
    assert "readtheroom: " not in done.stdout
    assert "wrote" not in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_the_output_is_one_line(tmp_path: Path) -> None:
    picture = tmp_path / "grey.png"
    Image.new("RGB", (64, 64), "grey").save(picture)
    command = [sys.executable, "-m", "agent", "analyze", str(picture), "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "the output cannot be written: No space left on device" in done.stderr
