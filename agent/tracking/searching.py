"""Where the layout is searched: at once, or beside the frames that are read meanwhile.

A search takes 0.1 to 0.3 s and more of CPU, most of it in OpenCV and NumPy, which let other threads run. What
it finds belongs to the frame it was given, which is not the newest one any more when it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from agent.heap import give_back
from agent.values import Frame, Layout, Pixels

FindLayout = Callable[[Pixels], Layout]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A frame whose layout is wanted, and what was known of it when it was new.

    ``expected``: a gallery was in sight a moment ago; ``trusted``: the frame looked like the layout held;
    ``turned``: most tiles showed another picture; ``resized``: the layout held was of another size.
    """

    frame: Frame
    expected: bool
    trusted: bool
    turned: bool
    resized: bool


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The layout of the frame that was asked about."""

    asked: Asked
    layout: Layout


class Search(Protocol):
    """Whatever finds layouts, one at a time."""

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come."""

    def ask(self, asked: Asked, wait: bool) -> None:
        """Find the layout of a frame; with ``wait`` the answer is there when this returns."""

    def answer(self) -> Answer | None:
        """The answer that has come since, once; None while there is none."""

    def drop(self) -> None:
        """Forget what was asked."""

    def close(self) -> None:
        """End; may be called twice."""


class SearchAtOnce:
    """Searches while its caller waits: what is found depends on the frames alone, not on the machine.

    ``find`` is the slow path, from pixels RGB uint8 (H, W, 3) to a Layout; ``find_expected`` is the same for
    pictures in which a gallery is likely.
    """

    def __init__(self, find: FindLayout, find_expected: FindLayout | None = None) -> None:
        self._find, self._find_expected = find, find_expected or find
        self._answer: Answer | None = None

    @property
    def pending(self) -> bool:
        """Never: the answer is there when ``ask`` returns."""
        return False

    def ask(self, asked: Asked, wait: bool) -> None:
        """Find the layout of a frame, whether or not the caller wants to wait."""
        self._answer = self._found(asked)

    def answer(self) -> Answer | None:
        """The answer, once; None while nothing was asked."""
        answer, self._answer = self._answer, None
        return answer

    def drop(self) -> None:
        """Forget the answer."""
        self._answer = None

    def close(self) -> None:
        """Nothing to end."""

    def _found(self, asked: Asked) -> Answer:
        find = self._find_expected if asked.expected else self._find
        return Answer(asked, find(asked.frame.pixels))


class SearchBeside(SearchAtOnce):
    """Searches in a thread of its own, unless its caller wants to wait. Arguments as of SearchAtOnce.

    Frames are kept by reference: nobody may write into their pixels. What ``find`` raises comes out of
    ``answer``.
    """

    def __init__(self, find: FindLayout, find_expected: FindLayout | None = None) -> None:
        super().__init__(find, find_expected)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="layout search")
        self._coming: Future[Answer] | None = None

    @property
    def pending(self) -> bool:
        """Whether the thread is at work, or has an answer that nobody took."""
        return self._coming is not None

    def ask(self, asked: Asked, wait: bool) -> None:
        """Find the layout of a frame beside the caller, or with ``wait`` before this returns."""
        self.drop()
        if wait:
            super().ask(asked, wait)
        else:
            self._coming = self._pool.submit(self._found_and_tidied, asked)

    def answer(self) -> Answer | None:
        """The answer that has come since, once; raises what the search raised."""
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            return coming.result()
        return super().answer()

    def drop(self) -> None:
        """Forget what was asked: the thread ends its search, and nobody takes the answer."""
        super().drop()
        self._coming = None

    def _found_and_tidied(self, asked: Asked) -> Answer:
        answer = self._found(asked)
        give_back()
        return answer

    def close(self) -> None:
        """End the thread after the search that it is at; may be called twice."""
        self._coming = None
        self._pool.shutdown(cancel_futures=True)
