"""Searches for the layout in a thread, while the frames that follow are read.

A search takes 0.1 to 0.3 s of CPU or more, most of it in OpenCV and NumPy, which release the GIL.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from agent.system.logs import logger
from agent.system.memory import give_back
from agent.tracking.layout_search import BlockingSearch, FindLayout, LayoutAnswer, SearchRequest


class BackgroundSearch(BlockingSearch):
    """Searches in a thread of its own, unless the caller wants to wait; takes BlockingSearch's arguments.

    Frames are kept by reference: nobody may write into their pixels. ``answer`` raises what ``find`` raised.
    """

    def __init__(self, find: FindLayout, find_expected: FindLayout | None = None) -> None:
        super().__init__(find, find_expected)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="layout search")
        self._coming: Future[LayoutAnswer] | None = None

    @property
    def pending(self) -> bool:
        """Whether the thread is searching, or has an answer that was not taken yet."""
        return self._coming is not None

    def ask(self, request: SearchRequest, wait: bool) -> None:
        """Find the layout of a frame in the thread or, with ``wait``, before this returns."""
        self.drop()
        if wait:
            super().ask(request, wait)
        else:
            self._coming = self._pool.submit(self._found_and_tidied, request)

    def answer(self) -> LayoutAnswer | None:
        """The answer, given only once; None while there is none. Raises what the search raised."""
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            return coming.result()
        return super().answer()

    def drop(self) -> None:
        """Drop the pending request: the thread finishes its search, and nobody takes the answer."""
        super().drop()
        self._coming = None

    def _found_and_tidied(self, request: SearchRequest) -> LayoutAnswer:
        begun = time.monotonic()
        answer = self.found(request)
        logger.debug("searched for tiles in %.2f s: %d", time.monotonic() - begun, len(answer.layout.slots))
        give_back()
        return answer

    def close(self) -> None:
        """End the thread after its current search; idempotent."""
        self._coming = None
        self._pool.shutdown(cancel_futures=True)
