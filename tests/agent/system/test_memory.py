"""Free memory goes back to the system where the C library would keep it."""

from __future__ import annotations

import platform
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from agent.system import memory

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep less")


def use(count: int) -> NDArray[np.uint8]:
    """Fill many arrays under glibc's limit for memory of its own, and free them all but the last."""
    kept = [np.ones(100_000, np.uint8) for _ in range(count)]
    return kept[-1]


@glibc
def test_what_a_thread_used_is_given_back() -> None:
    process = psutil.Process()
    with ThreadPoolExecutor(1) as pool:
        # It lies above the others, so that they are not given back by themselves.
        last = pool.submit(use, 1000).result()
        before = process.memory_info().rss
        assert memory.give_back()
        assert before - process.memory_info().rss > 50e6
        assert last.all()


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    memory._malloc_trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    assert memory.give_back() is False
    memory._malloc_trim.cache_clear()
