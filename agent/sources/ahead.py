"""Reading ahead: the next frames are decoded while one is analysed."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Final, TypeVar

PLACES = 2
"""Frames that are ready or in work beside the one in hand: one of 1080p is 6 MB."""

T = TypeVar("T")


class _End(Enum):
    END = 1


_END: Final = _End.END


def read_ahead(items: Iterator[T], places: int = PLACES) -> Generator[T, None, None]:
    """Yield what ``items`` yields, taken from it by a thread of its own at most ``places`` items early.

    FFmpeg and OpenCV let other threads run while they decode and convert. What ``items`` raises comes out
    after all that it yielded before. Closing this waits until the thread has left ``items``.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="reading ahead")
    try:
        coming = deque(pool.submit(next, items, _END) for _ in range(places))
        while (item := coming.popleft().result()) is not _END:
            coming.append(pool.submit(next, items, _END))
            yield item
    finally:
        pool.shutdown(cancel_futures=True)
