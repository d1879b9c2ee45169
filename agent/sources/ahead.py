"""Reads ahead: decodes the next frames while one is analysed."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Final, TypeVar

PLACES = 2
"""Maximum frames that are ready or being decoded, besides the present one: a 1080p frame is 6 MB."""

T = TypeVar("T")


class _End(Enum):
    END = 1


_END: Final = _End.END


def read_ahead(items: Iterator[T], places: int = PLACES) -> Generator[T, None, None]:
    """Yield the items of ``items``, which a thread takes at most ``places`` items early.

    FFmpeg and OpenCV release the GIL while they decode and convert. An exception from ``items`` is raised
    after the items before it. Closing this generator waits until the thread has left ``items``.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="reading ahead")
    try:
        coming = deque(pool.submit(next, items, _END) for _ in range(places))
        while (item := coming.popleft().result()) is not _END:
            coming.append(pool.submit(next, items, _END))
            yield item
    finally:
        pool.shutdown(cancel_futures=True)
