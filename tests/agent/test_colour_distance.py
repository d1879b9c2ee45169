from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agent.colour_distance import colour_distance

COLOURS = arrays(
    np.int16, st.tuples(st.integers(0, 4), st.integers(0, 5), st.just(3)), elements=st.integers(0, 255)
)


@given(COLOURS, st.tuples(*[st.integers(0, 255)] * 3))
def test_it_is_the_greatest_difference_of_the_channels(
    colours: np.typing.NDArray[np.int16], one: tuple[int, int, int]
) -> None:
    other = np.array(one, np.int16)
    found = colour_distance(colours, other)
    assert found.shape == colours.shape[:-1]
    for place in np.ndindex(*found.shape):
        assert found[place] == max(abs(int(a) - b) for a, b in zip(colours[place], one, strict=True))


def test_black_and_white_are_255_apart() -> None:
    assert colour_distance(np.zeros(3, np.int16), np.full(3, 255, np.int16)) == 255
