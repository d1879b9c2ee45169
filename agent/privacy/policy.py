"""What the program may infer at all, depending on the law of the place where it is used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.configuration.config import PrivacyConfig
from agent.values import POLICY_PLACES, PolicyName, infers_expressions
from exporter.privacy import PrivacyPolicy
from models.card import ModelCard

WHY = (
    "privacy.policy is {name}: expressions are not inferred. The EU AI Act (Regulation (EU) 2024/1689), "
    "Article 5(1)(f), forbids systems that infer emotions of people {place}, except for medical or safety "
    "reasons. Tiles, presence and which way heads face are still shown."
)


def explanation(policy: PolicyName) -> str | None:
    """Why no expressions are read, as a sentence for the user; None if they are read."""
    return None if infers_expressions(policy) else WHY.format(name=policy, place=POLICY_PLACES[policy])


def privacy_policy(given: PrivacyConfig) -> PrivacyPolicy:
    """What may leave the agent, as configured."""
    return PrivacyPolicy(given.mode, given.min_group, given.policy)


@dataclass(frozen=True, slots=True)
class ForbiddenClassifier:
    """Replaces the classifier: it has the card, which says how faces are cropped, and no weights."""

    card: ModelCard

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Raises RuntimeError: the caller has overlooked the policy."""
        raise RuntimeError(f"{len(crops)} faces were about to be read although privacy.policy forbids it")

    def close(self) -> None:
        """Nothing to close."""
