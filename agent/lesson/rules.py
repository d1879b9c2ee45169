"""What the teacher wants to be told of, as declared in the configuration (``alerts.rules``).

Each rule is about a state that lasts, never about a rank: no rule compares participants with each other.
"""

from __future__ import annotations

from typing import Annotated, get_args

from msgspec import Meta, Struct

from agent.values import LabelName

Share = Annotated[float, Meta(gt=0, le=1)]
Seconds = Annotated[float, Meta(ge=1, le=7200)]
Pause = Annotated[float, Meta(ge=0, le=7200)]
Faces = Annotated[int, Meta(ge=1, le=49)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class ExpressionRule(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="expressions"
):
    """At least ``share`` of the faces that are read look like one of ``labels`` for ``seconds``.

    ``cool_down``: seconds without this alert after it ended. ``least_faces``: minimum number of faces.
    """

    name: Name
    labels: Annotated[list[LabelName], Meta(min_length=1, max_length=7)]
    share: Share
    seconds: Seconds
    cool_down: Pause = 300.0
    least_faces: Faces = 5


class TurnedRule(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="turned_away"
):
    """At least ``share`` of those with the camera on are turned away or out of sight for ``seconds``.

    ``facing``: a head below this value is turned away (1 faces the camera, 0 is a profile).
    """

    name: Name
    share: Share
    seconds: Seconds
    facing: Annotated[float, Meta(ge=0, le=1)] = 0.5
    cool_down: Pause = 300.0
    least_faces: Faces = 5


class UnusualRule(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="unusual"
):
    """A participant's expressions are ``distance`` from what is usual for them, for ``seconds``.

    ``distance`` is the total variation between the two distributions over the labels, 0 (the same) to 1.
    """

    name: Name
    distance: Share
    seconds: Seconds
    cool_down: Pause = 600.0


class CameraRule(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="camera_off"
):
    """The camera of a participant who had it on in this lesson is off for ``seconds``."""

    name: Name
    seconds: Seconds
    cool_down: Pause = 600.0


Rule = ExpressionRule | TurnedRule | UnusualRule | CameraRule

RULE_CHOICES = {
    "kind": ("expressions", "turned_away", "unusual", "camera_off"),
    "labels": get_args(LabelName),
}
"""Allowed values of the rules' keys that take one of a few words."""


def default_rules() -> list[Rule]:
    """The rules used unless the configuration gives others: few, and about states that last."""
    return [
        ExpressionRule(
            name="unpleasant", labels=["angry", "disgust", "fear", "sad"], share=0.5, seconds=60.0
        ),
        TurnedRule(name="turned away", share=0.5, seconds=60.0),
        UnusualRule(name="unusual", distance=0.6, seconds=90.0),
        CameraRule(name="camera off", seconds=600.0),
    ]
