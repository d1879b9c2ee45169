"""The dashboard's map of the gallery: every tile in words, by pointer and by keyboard."""

from __future__ import annotations

import queue
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.values import (
    Box,
    TileState,
)
from exporter.protocol.client_commands import ClientCommand, ExcludeCommand, IncludeCommand
from tests.browser.conftest import Agent, OpenPage, ready, until
from tests.browser.rooms import grid, reading, snapshot

pytestmark = pytest.mark.browser


def test_tiles_tell_their_state_in_words(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = ready(open_page("/"))
    for name, word in {"t5": "too small", "t8": "camera off", "t14": "no face", "t22": "excluded"}.items():
        expect(page.locator(f".tile[data-id={name}] .word")).to_have_text(word)
    expect(page.locator(".tile[data-speaking=yes]")).to_have_count(1)
    label = page.locator(".tile[data-id=t3]").get_attribute("aria-label") or ""
    assert label.startswith("Participant t3, row 1, place 3: ")
    assert label.endswith("speaking")


def test_a_participant_is_shown_by_pointer_and_by_keyboard(open_page: OpenPage, agent: Agent) -> None:
    shown = snapshot(1)
    agent.publish(shown)
    page = ready(open_page("/"))
    title = page.locator("#person-title")
    expect(title).to_have_text("The room's mean")
    page.locator(".tile[data-id=t7]").hover()
    expect(title).to_have_text("Participant t7")
    values = [text.removesuffix(" %") for text in page.locator("#person-bars .value").all_inner_texts()]
    said = shown.readings[6].emotion
    assert said is not None
    assert sorted(map(int, values)) == pytest.approx(sorted(score * 100 for score in said.scores), abs=0.51)
    page.mouse.move(2, 2)
    expect(title).to_have_text("The room's mean")

    page.locator(".tile[data-id=t1]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(title).to_have_text("Participant t7")
    page.keyboard.press("Enter")
    expect(page.locator(".tile[data-id=t7]")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(title).to_have_text("Participant t25")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Participant t25")
    assert page.locator(".tile[tabindex='0']").count() == 1
    page.locator(".tile[data-id=t7]").focus()
    # The panel is drawn with the next frame, and Tab pressed before that goes past its button.
    expect(title).to_have_text("Participant t7")
    expect(page.locator("#person-exclude")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#person-exclude")).to_be_focused()
    expect(title).to_have_text("Participant t7")
    page.locator(".tile[data-id=t9]").focus()
    expect(title).to_have_text("Participant t9")
    page.keyboard.press("Escape")
    expect(title).to_have_text("The room's mean")
    expect(page.locator(".tile[aria-selected=true]")).to_have_count(0)


def test_a_new_tile_appears_at_its_place_and_a_known_one_slides(open_page: OpenPage, agent: Agent) -> None:
    page = open_page("/", motion=True)
    page.evaluate(
        """() => { window.slid = []; document.addEventListener('transitionrun', event =>
          event.propertyName === 'transform' && window.slid.push(event.target.dataset.id)); }"""
    )
    agent.publish(snapshot(1, 4))
    expect(page.locator(".tile")).to_have_count(4)
    page.wait_for_timeout(400)
    assert page.evaluate("window.slid") == []
    agent.publish(snapshot(2, 9))
    expect(page.locator(".tile")).to_have_count(9)
    until(page, "window.slid.includes('t4')")
    assert not set(page.evaluate("window.slid")) & {f"t{number}" for number in range(5, 10)}


def test_the_keyboard_stays_with_a_participant_who_moves(open_page: OpenPage, agent: Agent) -> None:
    places = grid(4, 1280, 720)
    agent.publish(
        snapshot(1, readings=tuple(reading(i, *place, plain=True) for i, place in enumerate(places)))
    )
    page = ready(open_page("/"))
    page.locator(".tile[data-id=t4]").focus()
    turned = (*places[1:], places[0])
    agent.publish(
        snapshot(2, readings=tuple(reading(i, *place, plain=True) for i, place in enumerate(turned)))
    )
    until(page, "document.querySelector('#tiles').lastElementChild.dataset.id === 't3'")
    assert [tile.get_attribute("data-id") for tile in page.locator(".tile").all()] == ["t4", "t1", "t2", "t3"]
    assert page.evaluate("document.activeElement.dataset.id") == "t4"
    expect(page.locator("#person-title")).to_have_text("Participant t4")


def test_arrow_keys_lead_to_the_nearest_tile_of_that_side(workbench: Page) -> None:
    answer = workbench.evaluate(
        """async () => {
          const { hull, neighbour } = await import('/static/gallery.js');
          const place = (id, left, top) => ({ id, box: { left, top, width: 100, height: 60 } });
          // Two rows; the second, of two tiles, is centred below the first, of three.
          const tiles = [place('a', 100, 50), place('b', 210, 50), place('c', 320, 50),
                         place('d', 155, 120), place('e', 265, 120)];
          const to = (from, key) => neighbour(tiles, tiles.find(({ id }) => id === from), key)?.id ?? null;
          return {
            hull: hull(tiles),
            moves: [['a', 'ArrowRight'], ['c', 'ArrowRight'], ['a', 'ArrowDown'], ['c', 'ArrowDown'],
                    ['d', 'ArrowRight'], ['e', 'ArrowUp'], ['d', 'ArrowLeft'], ['b', 'ArrowUp'], ['a', 'x']]
              .map(([from, key]) => to(from, key)),
          };
        }"""
    )
    assert answer["hull"] == {"left": 100, "top": 50, "width": 320, "height": 130}
    assert answer["moves"] == ["b", None, "d", "e", "e", "b", "a", None, None]


def test_ids_are_never_markup(open_page: OpenPage, agent: Agent) -> None:
    evil = "<img src=x onerror=alert(1)>"
    one = replace(reading(0, 0, 0, Box(0, 0, 400, 300), plain=True), id=evil)
    agent.publish(snapshot(1, readings=(one,)))
    page = ready(open_page("/"))
    page.locator(".tile").click()
    expect(page.locator("#person-title")).to_have_text(f"Participant {evil}")
    assert page.locator("main img").count() == 0


def test_how_a_face_is_seen_is_said_in_plain_words(workbench: Page) -> None:
    faces, times = workbench.evaluate(
        """async () => {
          const { durationText, faceText } = await import('/static/words.js');
          return [[[0.93, 0.99], [0.7, 0.5], [0.5, 0.1]].map(([confidence, facing]) =>
            faceText({ confidence, facing })), [5, 59.9, 60, 100, 125].map(s => durationText(1000 * s))];
        }"""
    )
    assert faces == [
        "The face is seen clearly (93 %) and looks at the camera (99 %).",
        "The face is seen fairly well (70 %) and looks half aside (50 % to the camera).",
        "The face is seen poorly (50 %) and is turned away (10 % to the camera).",
    ]
    assert times == ["less than a minute", "less than a minute", "1 minute", "2 minutes", "2 minutes"]


def test_a_participant_is_left_out_and_read_again_from_the_dashboard(chromium: Browser) -> None:
    taken: queue.Queue[ClientCommand] = queue.Queue()
    room = snapshot(1, 4)
    first, *others = room.readings
    left_out = replace(first, state=TileState.EXCLUDED, face=None, emotion=None, reason=None)
    with Agent(commands=taken.put) as agent:
        agent.publish(room)
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(agent.url("/"))
        button, tile = page.locator("#person-exclude"), page.locator(f".tile[data-id={first.id}]")
        expect(tile).to_be_visible()
        expect(button).to_be_hidden()
        tile.click()
        expect(button).to_have_text("Do not read")
        button.click()
        assert taken.get(timeout=15) == ExcludeCommand(id=first.id)
        agent.publish(replace(room, seq=2, readings=(left_out, *others)))
        expect(button).to_have_text("Read again")
        button.click()
        assert taken.get(timeout=15) == IncludeCommand(id=first.id)
        tile.click()
        expect(button).to_be_hidden()
        page.close()
