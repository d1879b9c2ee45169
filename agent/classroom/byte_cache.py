"""A cache bounded by bytes: ``functools.lru_cache`` only bounds the number of entries."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, ParamSpec, Protocol, TypeVar

MEGABYTE = 1 << 20


class Weighed(Protocol):
    """Something that knows its size, as arrays do."""

    @property
    def nbytes(self) -> int:
        """The memory it takes, in bytes."""


Value = TypeVar("Value", bound=Weighed)
Given = ParamSpec("Given")


class ByteBudgetCache(Generic[Given, Value]):
    """Caches a function's results; the least recently used go once all together exceed ``budget`` bytes.

    Arguments must be hashable; results must not be written to. The newest result stays whatever its size.
    """

    def __init__(self, make: Callable[Given, Value], budget: int) -> None:
        self._make, self._budget = make, budget
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self.weight = 0

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Value:
        key = (args, tuple(sorted(kwargs.items())))
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = self._make(*args, **kwargs)
        self._kept[key] = made
        self.weight += made.nbytes
        while self.weight > self._budget and len(self._kept) > 1:
            self.weight -= self._kept.popitem(last=False)[1].nbytes
        return made


def byte_cache(budget: int) -> Callable[[Callable[Given, Value]], ByteBudgetCache[Given, Value]]:
    """A decorator that caches up to ``budget`` bytes of a function's results in a ``ByteBudgetCache``."""

    def wrap(make: Callable[Given, Value]) -> ByteBudgetCache[Given, Value]:
        return ByteBudgetCache(make, budget)

    return wrap
