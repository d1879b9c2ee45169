"""The students: their looks and names, chosen by seed.

Skins run from light to dark; hair from black to fair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.classroom.canvas import Colour, darker, mix

SKINS: tuple[Colour, ...] = (
    (246, 212, 188), (238, 196, 168), (228, 184, 150), (214, 166, 130), (196, 146, 110),
    (176, 126, 92), (156, 108, 78), (134, 92, 68), (112, 77, 58),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (28, 24, 24), (40, 30, 28), (62, 42, 32), (88, 60, 42), (122, 84, 52), (176, 134, 84), (206, 172, 116),
    (150, 74, 42),
)  # fmt: skip
CLOTHES: tuple[Colour, ...] = (
    (70, 96, 140), (150, 66, 70), (84, 128, 98), (210, 206, 198), (58, 60, 68), (196, 150, 84),
    (120, 92, 140), (92, 140, 160), (222, 168, 160), (44, 70, 74), (232, 214, 150), (128, 134, 144),
)  # fmt: skip
EYES: tuple[Colour, ...] = ((58, 38, 28), (70, 46, 30), (92, 66, 40), (82, 108, 130), (86, 112, 84))
STYLES_WORN: dict[str, dict[str, float]] = {
    "she": {"long": 0.36, "bob": 0.22, "bun": 0.14, "fringe": 0.12, "curly": 0.1, "short": 0.06},
    "he": {"short": 0.42, "side": 0.34, "curly": 0.2, "bald": 0.04},
    "she, covered": {"scarf": 0.65, "long": 0.2, "bun": 0.15},
    "she, curls": {"afro": 0.3, "bun": 0.25, "curly": 0.25, "bob": 0.2},
    "he, curls": {"short": 0.6, "curly": 0.2, "afro": 0.15, "bald": 0.05},
}
"""Hair styles and their probabilities, by who wears them."""

CLASS: tuple[tuple[str, str, tuple[int, int], bool], ...] = (
    ("Amara Okafor", "she, curls", (6, 8), False), ("Liam O'Connor", "he", (0, 1), True),
    ("Yuki Tanaka", "she", (0, 2), False), ("Sofía Hernández", "she", (2, 4), False),
    ("Mateo Rossi", "he", (1, 3), True), ("Priya Nair", "she", (4, 6), False),
    ("Wei Zhang", "he", (0, 2), False), ("Fatima Al-Sayed", "she, covered", (2, 4), False),
    ("Noah Müller", "he", (0, 1), True), ("Zuzanna Kowalska", "she", (0, 1), True),
    ("Emre Demir", "he", (1, 3), False), ("Ines Gonçalves", "she", (1, 4), True),
    ("Ravi Shankar", "he", (4, 6), False), ("Chloé Dubois", "she", (0, 2), True),
    ("Olu Adeyemi", "he, curls", (6, 8), False), ("Anh Nguyễn", "she", (1, 3), False),
    ("Katya Ivanova", "she", (0, 1), True), ("Jonas Bergström", "he", (0, 1), True),
    ("Leila Haddad", "she, covered", (2, 4), False), ("Min-jun Park", "he", (0, 2), False),
    ("Ana Jovanović", "she", (0, 2), True), ("Tomáš Dvořák", "he", (0, 1), True),
    ("Aisha Bello", "she, curls", (6, 8), False), ("Diego Ramírez", "he", (2, 4), False),
    ("Hana Suzuki", "she", (0, 2), False), ("Oskar Nygård", "he", (0, 1), True),
    ("Thandi Mokoena", "she, curls", (5, 8), False), ("Omar Farouk", "he", (3, 5), False),
    ("Elif Şahin", "she", (1, 3), True), ("Giulia Conti", "she", (0, 3), True),
    ("Arjun Patel", "he", (4, 6), False), ("Mia Fischer", "she", (0, 1), True),
    ("Kofi Mensah", "he, curls", (6, 8), False), ("Nour Khalil", "she, covered", (2, 4), False),
    ("Lukas Weber", "he", (0, 1), True), ("Siti Rahma", "she, covered", (3, 5), False),
    ("Pavel Novák", "he", (0, 1), True), ("Isabel Torres", "she", (2, 4), False),
    ("Jin Wong", "he", (0, 2), False), ("Greta Lind", "she", (0, 1), True),
    ("Samuel Tesfaye", "he, curls", (5, 7), False), ("Maya Cohen", "she", (1, 3), True),
    ("Vikram Rao", "he", (4, 6), False), ("Elena Popescu", "she", (0, 2), True),
    ("Hugo Lefèvre", "he", (0, 2), True), ("Tara Byrne", "she", (0, 1), True),
    ("Kwame Asante", "he, curls", (6, 8), False), ("Lucía Vega", "she", (2, 4), False),
    ("Ben Cole", "he", (0, 5), True),
)  # fmt: skip
"""The class: name, who wears which hair, the range in SKINS, and whether fair hair is likely."""


@dataclass(frozen=True, slots=True)
class DrawnPerson:
    """The looks of a person. Colours are RGB; ``face_width`` and ``jaw`` are factors around 1."""

    skin: Colour
    hair: Colour
    eyes: Colour
    clothes: Colour
    hair_style: str = "short"
    face_width: float = 1.0
    jaw: float = 1.0
    brow: float = 1.0
    glasses: bool = False
    beard: float = 0.0
    headphones: bool = False
    soft: bool = False
    """Fuller lips and longer lashes."""
    light: float = -1.0
    """Direction of the light: -1 is the left of the picture, 1 the right."""

    @property
    def lips(self) -> Colour:
        """The colour of the lips, redder and darker than the skin."""
        return mix(darker(self.skin, 0.82), (176, 70, 74), 0.42)


def random_person(seed: int, member: int) -> DrawnPerson:
    """The looks of the ``member``-th of CLASS; the seed chooses among those that suit the name."""
    _, wears, (lightest, darkest), may_be_fair = CLASS[member]
    rng = np.random.default_rng((seed, 11, member))
    fair = may_be_fair and rng.random() < 0.65
    hair = HAIRS[int(rng.integers(2, 8))] if fair else HAIRS[int(rng.integers(0, 3))]
    styles = STYLES_WORN[wears]
    style = str(rng.choice(list(styles), p=list(styles.values())))
    bearded = wears.startswith("he") and rng.random() < 0.35
    return DrawnPerson(
        skin=SKINS[int(rng.integers(lightest, darkest + 1))],
        hair=hair,
        eyes=EYES[int(rng.integers(len(EYES)))] if fair else EYES[int(rng.integers(2))],
        clothes=CLOTHES[int(rng.integers(len(CLOTHES)))],
        hair_style=style,
        face_width=float(rng.uniform(0.93, 1.05)),
        jaw=float(rng.uniform(0.95, 1.12) if wears.startswith("he") else rng.uniform(0.82, 0.98)),
        brow=float(rng.uniform(0.95, 1.3) if wears.startswith("he") else rng.uniform(0.7, 0.95)),
        glasses=bool(rng.random() < 0.22),
        beard=float(rng.uniform(0.35, 0.9)) if bearded else 0.0,
        headphones=bool(style not in ("bun", "scarf", "afro") and rng.random() < 0.14),
        light=float(rng.choice([-1.0, 1.0])),
        soft=wears.startswith("she"),
    )


def roll(seed: int, count: int) -> list[int]:
    """``count`` different members of CLASS in an order given by the seed."""
    return [int(member) for member in np.random.default_rng((seed, 12)).permutation(len(CLASS))[:count]]
