"""Messages and the connection: garbage is no message, values are in range, a state follows its facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PARSE = """async texts => {
  const { parseMessage } = await import('/static/feed_message.js');
  return texts.map(text => parseMessage(text));
}"""


def parsed(page: Page, *texts: object) -> list[Any]:
    answer: list[Any] = page.evaluate(PARSE, list(texts))
    return answer


def test_garbage_is_no_message(workbench: Page) -> None:
    garbage = [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"room"',
        "{}",
        '{"type": "rooms"}',
        '{"type": ["room"]}',
        12,
        None,
        [1],
    ]
    assert parsed(workbench, *garbage) == [None] * len(garbage)


def test_a_bare_message_is_made_whole(workbench: Page) -> None:
    room, hello = parsed(workbench, '{"type": "room"}', '{"type": "hello", "source": 3, "model": null}')
    assert room["tiles"] == []
    assert room["room"]["label"] is None
    assert room["source"] == {"state": "live", "paused": False, "failing": False}
    assert hello["privacy"] == {"mode": "tiles", "minGroup": 0, "policy": "none"}


def test_values_out_of_range_or_of_another_type_are_mended(workbench: Page) -> None:
    tiles: list[object] = [
        {"id": "a", "box": [0, 0, 10, 10], "state": "face", "emotion": {"label": "happy", "confidence": 9}},
        {"id": "b", "box": [0, 0, 10, 10], "state": "face", "emotion": {"label": "<b>", "confidence": 0.5}},
        {"id": "c", "box": [0, 0, -10, 10], "state": "face"},
        {"id": "d", "box": ["0", 0, 10, 10], "state": "face"},
        {"id": 5, "box": [0, 0, 10, 10], "state": "face"},
        {"id": "e", "box": [0, 0, 10, 10], "state": "asleep", "face": {"box": [1, 2, 3]}, "speaking": "yes"},
        {"id": "a", "box": [5, 5, 10, 10], "state": "camera_off"},
        None,
        "tile",
    ]
    message = {
        "type": "room",
        "seq": "x",
        "age_ms": None,
        "time": 5,
        "tiles": tiles,
        "alerts": [None, {"text": 3}],
    }
    (room,) = parsed(workbench, json.dumps(message))
    assert [tile["id"] for tile in room["tiles"]] == ["a", "b", "e"]
    assert room["tiles"][0]["state"] == "camera_off", "the last word on an id counts"
    assert room["tiles"][1]["emotion"] is None
    assert room["tiles"][2] | {"since": None} == {
        "id": "e",
        "row": 0,
        "col": 0,
        "box": {"left": 0, "top": 0, "width": 10, "height": 10},
        "state": "no_face",
        "speaking": False,
        "face": None,
        "emotion": None,
        "reason": "",
        "since": None,
        "motivation": None,
    }
    assert (room["seq"], room["age"], room["time"]) == (0, None, None)
    assert [alert["text"] for alert in room["alerts"]] == ["", ""]


def test_scores_and_confidence_are_held_to_0_to_1(workbench: Page) -> None:
    said = {
        "label": "sad",
        "confidence": 1e9,
        "scores": {"sad": -3, "happy": "much", "angry": 0.5},
        "valence": -7,
    }
    tile = {"id": "a", "box": [0, 0, 10, 10], "state": "face", "emotion": said}
    (room,) = parsed(workbench, json.dumps({"type": "room", "tiles": [tile]}))
    emotion = room["tiles"][0]["emotion"]
    assert (emotion["confidence"], emotion["valence"], emotion["arousal"]) == (1, -1, 0)
    assert emotion["scores"] == dict.fromkeys(emotion["scores"], 0) | {"angry": 0.5}


def test_states_of_a_connection(workbench: Page) -> None:
    states = workbench.evaluate(
        """async () => {
          const { connectionState, STALE_MS } = await import('/static/feed.js');
          const at = (open, refused, last, now) => connectionState({ open, refused, last }, now);
          return {
            start: at(false, false, null, 0),
            waiting: at(true, false, null, 60000),
            live: at(true, false, 1000, 1000 + STALE_MS),
            silent: at(true, false, 1000, 1001 + STALE_MS),
            broken: at(false, false, 1000, 1500),
            gone: at(false, false, 1000, 9000),
            refused: at(false, true, 1000, 1500),
          };
        }"""
    )
    assert states == {
        "start": "connecting",
        "waiting": "connecting",
        "live": "live",
        "silent": "stale",
        "broken": "connecting",
        "gone": "stale",
        "refused": "refused",
    }


def test_attempts_back_off_to_five_seconds(workbench: Page) -> None:
    delays = workbench.evaluate(
        "async () => { const { retryDelay } = await import('/static/feed.js');"
        " return [0, 1, 2, 3, 4, 5, 99].map(retryDelay); }"
    )
    assert delays == [250, 500, 1000, 2000, 4000, 5000, 5000]


def test_a_page_asks_for_a_rate_it_can_draw(workbench: Page) -> None:
    rates = workbench.evaluate(
        """async () => {
          const { wantedRate } = await import('/static/feed.js');
          return ['', 'hz=2', 'hz=0', 'hz=-3', 'hz=1e9', 'hz=fast', 'hz=0.5']
            .map(query => wantedRate(new URLSearchParams(query), 5).hz);
        }"""
    )
    assert rates == ["5", "2", "5", "5", "5", "5", "0.5"]


def test_the_feed_of_a_secure_page_is_secure(workbench: Page) -> None:
    addresses = workbench.evaluate(
        """async () => {
          const { feedAddress } = await import('/static/feed.js');
          const of = (href, token, wanted) => feedAddress(new URL(href), token, wanted);
          return [
            of('http://127.0.0.1:8765/overlay?fit=fill#x', 'a b', { hz: '5' }),
            of('https://desk.local/', ''),
          ];
        }"""
    )
    assert addresses == ["ws://127.0.0.1:8765/feed?ack=1&hz=5&token=a+b", "wss://desk.local/feed?ack=1"]
