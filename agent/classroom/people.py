"""The students: how each one looks and is called, chosen by seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.classroom.brush import Colour, darker, mix

SKINS: tuple[Colour, ...] = (
    (246, 212, 188), (238, 196, 168), (228, 184, 150), (214, 166, 130), (196, 146, 110),
    (172, 122, 88), (146, 100, 72), (118, 80, 58), (96, 64, 48),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (28, 24, 24), (40, 30, 28), (62, 42, 32), (88, 60, 42), (122, 84, 52), (176, 134, 84), (206, 172, 116),
    (150, 74, 42), (150, 148, 146),
)  # fmt: skip
CLOTHES: tuple[Colour, ...] = (
    (70, 96, 140), (150, 66, 70), (84, 128, 98), (210, 206, 198), (58, 60, 68), (196, 150, 84),
    (120, 92, 140), (92, 140, 160), (222, 168, 160), (44, 70, 74), (232, 214, 150), (128, 134, 144),
)  # fmt: skip
EYES: tuple[Colour, ...] = ((58, 38, 28), (70, 46, 30), (92, 66, 40), (82, 108, 130), (86, 112, 84))
HAIR_STYLES = ("short", "side", "curly", "long", "bob", "bun", "fringe", "bald", "scarf", "afro")

NAMES: tuple[str, ...] = (
    "Amara Okafor", "Liam O'Connor", "Yuki Tanaka", "Sofía Hernández", "Mateo Rossi", "Priya Nair",
    "Wei Zhang", "Fatima Al-Sayed", "Noah Müller", "Zuzanna Kowalska", "Emre Yıldız", "Ines Gonçalves",
    "Ravi Shankar", "Chloé Dubois", "Olu Adeyemi", "Anh Nguyễn", "Katya Ivanova", "Jonas Bergström",
    "Leila Haddad", "Min-jun Park", "Ana Jovanović", "Tomáš Dvořák", "Aisha Bello", "Diego Ramírez",
    "Hana Suzuki", "Oskar Nygård", "Thandi Mokoena", "Omar Farouk", "Elif Şahin", "Giulia Conti",
    "Arjun Patel", "Mia Fischer", "Kofi Mensah", "Nour Khalil", "Lukas Weber", "Siti Rahma",
    "Pavel Novák", "Isabel Torres", "Jin Wong", "Greta Lind", "Samuel Tesfaye", "Maya Cohen",
    "Vikram Rao", "Elena Popescu", "Hugo Lefèvre", "Tara Byrne", "Kwame Asante", "Lucía Vega", "Ben Cole",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody looks. Colours are RGB; ``face_width`` and ``jaw`` are factors around 1."""

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
    light: float = -1.0
    """Where the light comes from: -1 the left of the picture, 1 the right."""

    @property
    def lips(self) -> Colour:
        """The colour of the lips, redder and darker than the skin."""
        return mix(darker(self.skin, 0.82), (176, 70, 74), 0.42)


def random_person(seed: int) -> Person:
    """A person; equal seeds give equal people."""
    rng = np.random.default_rng((seed, 11))
    tone = int(rng.integers(len(SKINS)))
    # Fair hair and light eyes go with the lighter half of the skins; the rest is dark, or grey now and then.
    fair = tone < 4 and rng.random() < 0.6
    hair = HAIRS[int(rng.integers(2, 8))] if fair else HAIRS[int(rng.integers(0, 4))]
    if rng.random() < 0.05:
        hair = HAIRS[8]
    style = HAIR_STYLES[int(rng.choice(10, p=[0.18, 0.14, 0.12, 0.18, 0.1, 0.08, 0.08, 0.03, 0.05, 0.04]))]
    bearded = style in ("short", "side", "curly", "bald") and rng.random() < 0.35
    return Person(
        skin=SKINS[tone],
        hair=hair,
        eyes=EYES[int(rng.integers(len(EYES)))] if fair else EYES[int(rng.integers(2))],
        clothes=CLOTHES[int(rng.integers(len(CLOTHES)))],
        hair_style=style,
        face_width=float(rng.uniform(0.93, 1.07)),
        jaw=float(rng.uniform(0.85, 1.12)),
        brow=float(rng.uniform(0.8, 1.25)),
        glasses=bool(rng.random() < 0.22),
        beard=float(rng.uniform(0.35, 0.9)) if bearded else 0.0,
        headphones=bool(style not in ("bun", "scarf", "afro") and rng.random() < 0.14),
        light=float(rng.choice([-1.0, 1.0])),
    )


def names(seed: int, count: int) -> list[str]:
    """``count`` different names in an order given by the seed (up to 49)."""
    order = np.random.default_rng((seed, 12)).permutation(len(NAMES))
    return [NAMES[i] for i in order[:count]]
