"""How a layout is asked for: at once here, in ``agent.background_search`` beside the frames that are read.

What a search finds belongs to the frame it was given, which may not be the newest one any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.values import Frame, Layout, Pixels

FindLayout = Callable[[Pixels], Layout]


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
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
class LayoutAnswer:
    """The layout of the frame that was asked about."""

    request: SearchRequest
    layout: Layout


class Search(Protocol):
    """Whatever finds layouts, one at a time."""

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come."""

    def ask(self, request: SearchRequest, wait: bool) -> None:
        """Find the layout of a frame; with ``wait`` the answer is there when this returns."""

    def answer(self) -> LayoutAnswer | None:
        """The answer that has come since, once; None while there is none."""

    def drop(self) -> None:
        """Forget what was asked."""

    def close(self) -> None:
        """End; may be called twice."""


class BlockingSearch:
    """Searches while its caller waits: what is found depends on the frames alone, not on the machine.

    ``find`` is the slow path, from pixels RGB uint8 (H, W, 3) to a Layout; ``find_expected`` is the same for
    pictures in which a gallery is likely.
    """

    def __init__(self, find: FindLayout, find_expected: FindLayout | None = None) -> None:
        self._find, self._find_expected = find, find_expected or find
        self._answer: LayoutAnswer | None = None

    @property
    def pending(self) -> bool:
        """Never: the answer is there when ``ask`` returns."""
        return False

    def ask(self, request: SearchRequest, wait: bool) -> None:
        """Find the layout of a frame, whether or not the caller wants to wait."""
        self._answer = self.found(request)

    def answer(self) -> LayoutAnswer | None:
        """The answer, once; None while nothing was asked."""
        answer, self._answer = self._answer, None
        return answer

    def drop(self) -> None:
        """Forget the answer."""
        self._answer = None

    def close(self) -> None:
        """Nothing to end."""

    def found(self, request: SearchRequest) -> LayoutAnswer:
        """The answer, searched here and now."""
        find = self._find_expected if request.expected else self._find
        return LayoutAnswer(request, find(request.frame.pixels))
