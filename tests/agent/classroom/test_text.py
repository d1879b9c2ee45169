from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from agent.classroom.people import CLASS
from agent.classroom.text import fitted, put_text, text_mask
from agent.errors import SourceError


@pytest.mark.parametrize("name", [member[0] for member in CLASS])
def test_every_letter_of_every_name_is_in_the_font(name: str) -> None:
    missing = text_mask("\ufffe", 24)
    for letter in set(name) - {" "}:
        cover = text_mask(letter, 24)
        assert cover.any()
        assert cover.shape != missing.shape or (cover != missing).any()


def test_no_other_font_stands_in_for_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SourceError, match=r"DejaVuSans\.ttf .* install matplotlib"):
        text_mask("never drawn before", 31)


@pytest.mark.parametrize("width", [0, 5, 30, 80, 400])
def test_fitted_text_is_never_wider_than_asked(width: int) -> None:
    short = fitted("Zuzanna Kowalska", 13, width)
    assert not short or text_mask(short, 13).shape[1] <= width + 1
    assert (short == "Zuzanna Kowalska") == (width == 400)


def test_text_over_the_edge_is_clipped() -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    put_text(picture, "Hello", (15, -3), 12, (255, 255, 255))
    put_text(picture, "Hello", (500, 500), 12, (255, 255, 255))
    assert picture[:, 15:].any()
    assert not picture[:, :15].any()
