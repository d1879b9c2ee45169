"""The agent's linear algebra keeps to one thread: beside a meeting, several wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from agent.__main__ import BLAS_THREADS
from tests.paths import ROOT

COUNT = """
import contextlib, os
from agent.__main__ import BLAS_THREADS, main
with contextlib.suppress(SystemExit):
    main(["--version"])
import numpy
print(os.environ[BLAS_THREADS], len(os.listdir("/proc/self/task")))
"""
"""NumPy starts the threads of its linear algebra when it is imported."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
@pytest.mark.parametrize("chosen", [None, "2"])
def test_linear_algebra_keeps_to_one_thread_unless_the_user_says_otherwise(chosen: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != BLAS_THREADS}
    if chosen is not None:
        environment[BLAS_THREADS] = chosen
    said = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    threads, running = said.stdout.split()[-2:]
    assert threads == (chosen or "1")
    if chosen is None:
        assert running == "1"
