"""Defines how a layout is requested, and the blocking search.

``agent.analysis.background_search`` has the search in a thread. The layout found belongs to
the frame in the request, which may no longer be the newest one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.values import Frame, Layout, Pixels

FindLayout = Callable[[Pixels], Layout]


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """A frame whose layout is wanted, and what was known of the frame when it was new.

    - ``expected``: a gallery was in sight a moment ago.
    - ``trusted``: the frame looked like the layout held.
    - ``turned``: most tiles showed another picture.
    - ``resized``: the layout held was of another size.
    """

    frame: Frame
    expected: bool
    trusted: bool
    turned: bool
    resized: bool


@dataclass(frozen=True, slots=True, eq=False)
class LayoutAnswer:
    """The layout found in the frame of a request."""

    request: SearchRequest
    layout: Layout


class Search(Protocol):
    """A search for layouts, one at a time."""

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come."""

    def ask(self, request: SearchRequest, wait: bool) -> None:
        """Start searching a frame; with ``wait``, the answer is there when this returns."""

    def answer(self) -> LayoutAnswer | None:
        """The new answer, given only once; None while there is none."""

    def drop(self) -> None:
        """Drop the pending request."""

    def close(self) -> None:
        """End the search; may be called twice."""


class BlockingSearch:
    """Searches while its caller waits: the result depends on the frames alone, not on the machine's speed.

    ``find`` is the slow path from pixels, RGB uint8 (H, W, 3), to a Layout; ``find_expected`` is the same for
    pictures in which a gallery is likely.
    """

    def __init__(self, find: FindLayout, find_expected: FindLayout | None = None) -> None:
        self._find, self._find_expected = find, find_expected or find
        self._answer: LayoutAnswer | None = None

    @property
    def pending(self) -> bool:
        """Always False: the answer is there when ``ask`` returns."""
        return False

    def ask(self, request: SearchRequest, wait: bool) -> None:
        """Find the layout of a frame now, whatever ``wait`` says."""
        self._answer = self.found(request)

    def answer(self) -> LayoutAnswer | None:
        """The answer, given only once; None while nothing was asked."""
        answer, self._answer = self._answer, None
        return answer

    def drop(self) -> None:
        """Forget the answer."""
        self._answer = None

    def close(self) -> None:
        """Nothing to end."""

    def found(self, request: SearchRequest) -> LayoutAnswer:
        """Search the request's frame now and return the answer."""
        find = self._find_expected if request.expected else self._find
        return LayoutAnswer(request, find(request.frame.pixels))
