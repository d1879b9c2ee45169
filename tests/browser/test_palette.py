"""The seven labels are told apart by colour, outline and word, in both themes and by colour-blind eyes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from agent.values import LABELS, Reason
from tests.browser.conftest import OpenPage, Scheme

pytestmark = pytest.mark.browser

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])

COLOURS = """names => {
  const look = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map(name => [name, look.getPropertyValue('--' + name).trim()]));
}"""


def linear(colour: str) -> NDArray[np.float64]:
    """A ``#rrggbb`` colour in linear RGB, 0..1."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1..21."""
    low, high = sorted(float(linear(colour) @ XYZ[1]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, sight: str) -> NDArray[np.float64]:
    """CIE L*a*b* (D65) of a colour as somebody with this sight sees it."""
    seen = np.clip(SIGHT[sight] @ linear(colour), 0, 1)
    xyz = XYZ @ seen / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(
    ("path", "scheme"),
    [("/overlay", "dark"), ("/", "dark"), ("/", "light")],
    ids=["overlay", "dark", "light"],
)
def test_colours_of_labels_differ_for_every_sight(open_page: OpenPage, path: str, scheme: Scheme) -> None:
    page = open_page(path, scheme=scheme)
    colours = page.evaluate(COLOURS, list(LABELS))
    for sight in SIGHT:
        for one, other in combinations(LABELS, 2):
            distance = float(np.linalg.norm(lab(colours[one], sight) - lab(colours[other], sight)))
            assert distance >= 15, f"{one} and {other} look alike with {sight} sight: {distance:.1f}"


def test_colours_of_labels_stand_out_on_dark_grounds(open_page: OpenPage) -> None:
    for path, ground in (("/overlay", "#101216"), ("/", "#171a20")):
        colours = open_page(path, scheme="dark").evaluate(COLOURS, list(LABELS))
        for label, colour in colours.items():
            assert contrast(colour, ground) >= 4.5, f"{label} on {path}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_of_the_dashboard_is_readable(open_page: OpenPage, scheme: Scheme) -> None:
    colours = open_page("/", scheme=scheme).evaluate(
        COLOURS, ["text", "quiet", "panel", "ground", "well", "track", "good", "warn", "bad"]
    )
    for text in ("text", "quiet"):
        for ground in ("panel", "ground", "well", "track"):
            assert contrast(colours[text], colours[ground]) >= 4.5, f"{text} on {ground}"
    for state in ("good", "warn", "bad"):
        assert contrast(colours[state], colours["panel"]) >= 4.5, state


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_counts_are_readable_on_every_colour(open_page: OpenPage, scheme: Scheme) -> None:
    page = open_page("/", scheme=scheme)
    for label in LABELS:
        hue, ink = page.evaluate(
            """label => { const look = getComputedStyle(document.querySelector(`.part.label-${label}`));
              return ['--hue', '--on-label'].map(name => look.getPropertyValue(name).trim()); }""",
            label,
        )
        assert contrast(hue, ink) >= 4.5, label


def test_every_label_has_an_outline_and_a_face_of_its_own(workbench: Page) -> None:
    drawn = workbench.evaluate(
        """async () => {
          const { LABELS, symbol } = await import('/static/palette.js');
          return LABELS.map(label => {
            const drawing = symbol(label);
            return [drawing.querySelector('.shape').getAttribute('d'), drawing.innerHTML];
          });
        }"""
    )
    assert len({outline for outline, _ in drawn}) == 7
    assert len({whole for _, whole in drawn}) == 7


def test_words_are_those_of_the_feed(workbench: Page) -> None:
    palette = workbench.evaluate(
        """async () => {
          const { LABELS, ORDER, REASONS } = await import('/static/palette.js');
          return { labels: LABELS, order: ORDER, reasons: Object.keys(REASONS) };
        }"""
    )
    assert tuple(palette["labels"]) == LABELS
    assert sorted(palette["order"]) == sorted(LABELS)
    assert set(palette["reasons"]) == set(Reason)
