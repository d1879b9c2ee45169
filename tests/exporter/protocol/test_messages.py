"""What the messages say, key by key."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.values import LABELS, Box, Emotion, LabelName, Reason, Room, SourceInfo, TileState
from exporter.protocol.messages import (
    ModelPart,
    PrivacyPart,
    encode,
    hello_message,
    room_message,
)
from exporter.protocol.rounding import iso_time, rounded_scores
from exporter.recorder.packing import RECORD, STEPS, Packer
from tests.exporter.samples import WALL, reading, snapshot


def _room(*args: Any, **changes: Any) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(
        encode(room_message(dataclasses.replace(snapshot(*args), **changes)))
    )
    return message


def test_hello_to_the_letter() -> None:
    message = hello_message(
        "s1",
        WALL,
        SourceInfo("screen", "monitor 1", 1920, 1080),
        ModelPart(name="m", sha256="ab", input=(48, 48, 1)),
        PrivacyPart(mode="tiles", min_group=5, policy="none"),
    )
    assert json.loads(encode(message)) == {
        "type": "hello",
        "protocol": "readtheroom.feed/1",
        "session": "s1",
        "started": "2026-01-01T09:00:04.120Z",
        "labels": list(LABELS),
        "source": {"kind": "screen", "name": "monitor 1", "width": 1920, "height": 1080},
        "model": {"name": "m", "sha256": "ab", "input": [48, 48, 1]},
        "privacy": {"mode": "tiles", "min_group": 5, "policy": "none"},
    }


def test_room_to_the_letter() -> None:
    scores = dict(zip(LABELS, (0.01, 0.02, 0.03, 0.8, 0.04, 0.05, 0.05), strict=True))
    assert _room(42, 1, 7, alerts=()) == {
        "type": "room",
        "seq": 42,
        "time": "2026-01-01T09:00:46.120Z",
        "age_ms": 31.5,
        "frame": {"width": 1920, "height": 1080},
        "source": {
            "state": "live",
            "dropped": 7,
            "paused": False,
            "place": None,
            "failed": 0,
            "failing": False,
        },
        "tiles": [
            {
                "id": "t0",
                "row": 0,
                "col": 0,
                "box": [5, 6, 280, 158],
                "state": "face",
                "speaking": False,
                "face": {"box": [10, 20, 70, 70], "confidence": 0.94, "facing": 0.9},
                "emotion": {
                    "label": "happy",
                    "confidence": 0.8,
                    "scores": scores,
                    "valence": 0.7,
                    "arousal": 0.3,
                },
                "reason": None,
                "since": "2026-01-01T09:00:01.120Z",
                "motivation": 0.6,
            }
        ],
        "room": {
            "tiles": 1,
            "faces": 1,
            "read": 1,
            "scores": scores,
            "label": "happy",
            "valence": 0.7,
            "arousal": 0.3,
            "attention": 0.9,
            "motivation": 0.61,
            "intervals": {label: [0.1, 0.3] for label in LABELS},
            "trend": {
                "valence": {"change": 0.2, "direction": "rising"},
                "arousal": {"change": 0.0, "direction": "steady"},
                "attention": {"change": -0.3, "direction": "falling"},
                "motivation": {"change": 0.0, "direction": "steady"},
            },
            "advice": {"tempo": "slower", "text": "Slower may help.", "evidence": "90 % before, 60 % now"},
        },
        "alerts": [],
        "load": {"used": 0.0, "budget": None, "waiting": 0},
        "markers": [{"text": "exercise", "time": "2026-01-01T09:00:02.120Z"}],
        "record": {"state": "off", "reason": None},
    }


@pytest.mark.parametrize("state", list(TileState))
@pytest.mark.parametrize("reason", [None, *Reason])
def test_every_key_is_there_in_every_state(state: TileState, reason: Reason | None) -> None:
    usual, empty = _room(1, 3), _room(1, 0, readings=(reading(0, state, reason),), room=Room(0, 0, 0))
    assert empty.keys() == usual.keys()
    assert empty["tiles"][0].keys() == usual["tiles"][0].keys()
    assert empty["room"].keys() == usual["room"].keys()
    assert empty["alerts"][0].keys() == {"name", "text", "tiles", "since", "scope"}
    assert empty["tiles"][0]["reason"] == reason


def test_the_labels_in_the_schema_are_those_of_the_values() -> None:
    assert get_args(LabelName) == LABELS


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7), st.integers(0, 6))
def test_the_confidence_is_to_the_last_digit_the_score_of_the_label(raw: list[float], index: int) -> None:
    """In the feed, and in what is recorded of the same reading."""
    scores = tuple(value / sum(raw) for value in raw)
    emotion = Emotion(LABELS[index], scores[index], scores, 0.0, 0.0)
    given_ = dataclasses.replace(snapshot(1), readings=(dataclasses.replace(reading(0), emotion=emotion),))
    told = room_message(given_).tiles[0].emotion
    assert told is not None
    assert told.confidence == getattr(told.scores, LABELS[index])
    blob = Packer().pack(given_, 0.0).frame[-1]
    assert isinstance(blob, bytes)
    kept = np.frombuffer(blob, RECORD)["scores"][0] / STEPS
    assert kept.tolist() == [getattr(told.scores, label) for label in LABELS]


def test_numpy_numbers_are_taken() -> None:
    low: Any = np.float32(0.3)
    emotion = Emotion("sad", low, tuple(np.array([0.1] * 4 + [0.3] * 2 + [0.0], np.float32)), -low, 0.0)
    sides: Any = np.array((1, 2, 3, 4))
    box = Box(*sides)
    tile = _room(1, readings=(dataclasses.replace(reading(0), emotion=emotion, box=box),))["tiles"][0]
    assert tile["box"] == [1, 2, 3, 4]
    assert tile["emotion"]["confidence"] == 0.3
    assert sum(tile["emotion"]["scores"].values()) == pytest.approx(1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_never_goes_out(value: float) -> None:
    """JSON has no NaN: it would reach clients as null where the schema promises a number."""
    with pytest.raises(ValueError, match="finite"):
        _room(1, readings=(dataclasses.replace(reading(0), facing=value),))
    with pytest.raises(ValueError, match="sum to 1"):
        rounded_scores([value] + [0.0] * 6)


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_258_004.1199999, "2026-01-01T09:00:04.120Z"),
        (1_767_258_004.9996, "2026-01-01T09:00:05.000Z"),
    ],
)
def test_times_are_utc_with_milliseconds(wall: float, text: str) -> None:
    assert iso_time(wall) == text
