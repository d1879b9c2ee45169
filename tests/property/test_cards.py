"""Whatever a model's card says, it is read as a card or refused with its name."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.errors import ModelError
from models.card import CARD_NAME, ModelCard, encode_card, load_card, load_weights
from models.runtime import LiteRTClassifier
from models.weights import EXPRESSION

SHIPPED: dict[str, Any] = json.loads((EXPRESSION / CARD_NAME).read_bytes())
WEIGHTS = (EXPRESSION / SHIPPED["file"]).read_bytes()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every key in nested objects."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    return found


def load_text(content: bytes) -> ModelCard | None:
    """The card in some bytes, or None when it was refused; anything but a ModelError comes through."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / CARD_NAME).write_bytes(content)
        try:
            return load_card(Path(folder))
        except ModelError as error:
            assert CARD_NAME in str(error)
            return None


@settings(deadline=None)
@given(st.sampled_from(places(SHIPPED)), VALUES)
@example(("input", "mean"), 3.4028235677973366e38)
@example(("input", "scale"), 1e-300)
def test_a_card_with_one_wrong_value_is_refused_or_runs_with_weights_that_fit(
    place: tuple[str, ...], value: Any
) -> None:
    changed = copy.deepcopy(SHIPPED)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    card = load_text(json.dumps(changed).encode())
    if card is None:
        return
    try:
        with LiteRTClassifier(card, WEIGHTS) as classifier:
            assert classifier.card == card
    except ModelError as error:
        assert card.file in str(error)


@settings(deadline=None)
@example(b'{"name": "\xff"}')
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_garbage_is_no_card(content: bytes) -> None:
    assert load_text(content) is None


@settings(deadline=None)
@given(st.integers(0, len(WEIGHTS) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_weights_is_noticed(position: int, change: int) -> None:
    card = load_card(EXPRESSION)
    altered = bytearray(WEIGHTS)
    altered[position] ^= change
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / card.file).write_bytes(altered)
        try:
            load_weights(Path(folder), card)
        except ModelError as error:
            assert card.file in str(error)
        else:
            raise AssertionError("altered weights were taken")


def test_a_card_is_read_as_it_was_written() -> None:
    card = load_card(EXPRESSION)
    assert load_text(encode_card(card)) == card
