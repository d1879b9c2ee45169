"""A crash leaves no picture and no token on the disk."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.program import running

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux's files in /proc")

CRASH = """
import os, resource, signal, sys
from agent.system.core_dumps import FILTER, forbid_core_dumps
# A test in this process may have forbidden them, and children inherit that.
FILTER.write_text("0x33")
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
def allow():
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
allow()
if "forbid" in sys.argv:
    forbid_core_dumps()
if "allow" in sys.argv:
    allow()
picture = bytes(range(256)) * 4000
os.kill(os.getpid(), signal.SIGSEGV)
"""
PICTURE = bytes(range(256))


def crash(folder: Path, *arguments: str) -> list[bytes]:
    """Crash a process that holds a picture; what it leaves in its folder."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CRASH, *arguments], cwd=folder, env={"PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == -signal.SIGSEGV
    return [file.read_bytes() for file in folder.iterdir()]


@linux
def test_a_crash_leaves_nothing_of_a_picture(tmp_path: Path) -> None:
    """Dumps go into the folder of the process here, as on Debian; elsewhere the next test tells more."""
    if Path("/proc/sys/kernel/core_pattern").read_text("ascii").strip() == "core":
        assert any(PICTURE in left for left in crash(tmp_path / "before")), "the crash itself shows nothing"
    assert crash(tmp_path / "forbidden", "forbid") == []
    # As where the system pipes the dump to another program, which the limit does not hold for.
    assert not any(PICTURE in left for left in crash(tmp_path / "piped", "forbid", "allow"))


@linux
def test_a_run_leaves_no_memory_behind_when_it_crashes() -> None:
    with running("demo", "--participants", "4", "--no-open") as (process, _):
        limits = Path(f"/proc/{process.pid}/limits").read_text("utf-8").splitlines()
        (limit,) = [line for line in limits if line.startswith("Max core file size")]
        assert limit.split()[4] == "0"
        assert int(Path(f"/proc/{process.pid}/coredump_filter").read_text("ascii"), 16) == 0
