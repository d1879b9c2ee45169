"""The dashboard against the real server: everybody's seven bars and the room."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from agent.values import (
    LABELS,
    Alert,
    Reason,
)
from tests.browser.conftest import Agent, OpenPage, Scheme, ready, until
from tests.browser.rooms import emotion, grid, reading, snapshot, torn

pytestmark = pytest.mark.browser


BARS = """() => [...document.querySelectorAll('.tile')].map(tile =>
  [...tile.querySelectorAll('.bar')].map(bar => [
    [...bar.classList].find(name => name.startsWith('label-')).slice(6),
    new DOMMatrix(bar.firstElementChild.style.transform).d]))"""


FITS = """() => [...document.querySelectorAll('.tile')].filter(tile => {
  const box = tile.getBoundingClientRect();
  const map = document.querySelector('#map').getBoundingClientRect();
  return box.left < map.left - 1 || box.top < map.top - 1
      || box.right > map.right + 1 || box.bottom > map.bottom + 1;
}).length"""


def test_25_tiles_with_seven_bars_each(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    shown = snapshot(1)
    agent.publish(shown)
    page = ready(open_page("/", size=(1280, 720)))
    expect(page.locator(".tile")).to_have_count(25)
    drawn = page.evaluate(BARS)
    for one, bars in zip(shown.readings, drawn, strict=True):
        expected = dict(zip(LABELS, one.emotion.scores if one.emotion else [0.0] * 7, strict=True))
        assert dict(bars) == pytest.approx(expected, abs=0.006), one.id
    assert page.evaluate(FITS) == 0
    page.screenshot(path=tmp_path / "dashboard.png")


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 720), "dark"), ((390, 844), "light"), ((3840, 2160), "dark")]
)
def test_49_tiles_fit_and_nothing_is_cut_off(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    agent.publish(snapshot(1, 49))
    page = ready(open_page("/", size=size, scheme=scheme))
    expect(page.locator(".tile")).to_have_count(49)
    assert page.evaluate(FITS) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Seven probabilities are never left out for lack of room: each bar keeps a width that can be seen.
    assert (
        page.evaluate("Math.min(...[...document.querySelectorAll('.bar')].map(bar => bar.clientWidth))") >= 1
    )
    page.screenshot(path=tmp_path / "dashboard.png")


def test_the_room(open_page: OpenPage, agent: Agent) -> None:
    shown = snapshot(1)
    agent.publish(shown)
    page = ready(open_page("/"))
    room = shown.room
    expect(page.locator("#room-read")).to_have_text(f"{room.read} of {room.faces} faces read")
    counted = {
        label: sum(r.emotion is not None and r.emotion.label == label for r in shown.readings)
        for label in LABELS
    }
    legend = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('#legend li')].map(item =>
                  [item.querySelector('.name').textContent, Number(item.querySelector('b').textContent)]))"""
    )
    assert legend == counted
    assert page.locator("#stack").get_attribute("aria-label") != "No reading yet"
    for name in ("valence", "arousal", "attention"):
        gauge = page.locator(f"[data-gauge={name}]")
        value = getattr(room, name)
        assert float(gauge.get_attribute("aria-valuenow") or "nan") == pytest.approx(value, abs=0.006)
        assert len(gauge.get_attribute("aria-valuetext") or "") > 3
    expect(page.locator("#spoken")).to_contain_text(f"{room.read} of {room.faces}")


@pytest.mark.parametrize(
    ("tops", "text"),
    [
        ([3, 3, 3], "Most faces: happy"),
        ([6, 6, 3, 4], "Mixed faces, often neutral"),
        ([6, 6, 3, 4, 4, 4, 5], "Mixed faces, often sad"),
    ],
)
def test_the_headline_is_what_the_bar_shows(
    open_page: OpenPage, agent: Agent, tops: list[int], text: str
) -> None:
    places = grid(len(tops), 1280, 720)
    one = tuple(
        replace(reading(i, *place, plain=True), emotion=emotion(top))
        for i, (top, place) in enumerate(zip(tops, places, strict=True))
    )
    agent.publish(snapshot(1, readings=one))
    expect(open_page("/").locator("#mood")).to_have_text(text)


def test_the_headline_counts_faces_and_the_bold_row_is_named_the_mean(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    shown = torn()
    assert shown.room.label == "happy"
    agent.publish(shown)
    page = ready(open_page("/"))
    expect(page.locator("#mood")).to_have_text("Most faces: neutral")
    expect(page.locator("#legend .label-neutral b")).to_have_text("3")
    expect(page.locator("#person-title")).to_have_text("The room's mean")
    expect(page.locator("#person-note")).to_have_text("the average of all faces' bars")
    expect(page.locator("#person-text")).to_contain_text("It differs from the headline, which counts faces.")
    expect(page.locator("#person-bars [data-top=yes] .name")).to_have_text("happy")
    page.screenshot(path=tmp_path / "torn.png")


def test_alerts_name_their_evidence(open_page: OpenPage, agent: Agent) -> None:
    evil = "<b>Half of the room</b> has turned away"
    agent.publish(snapshot(1, alerts=(Alert("turned", evil, ("t3", "t9"), time.time() - 60),)))
    page = ready(open_page("/"))
    expect(page.locator("#alerts li")).to_have_count(1)
    expect(page.locator("#alerts li")).to_contain_text(evil)
    expect(page.locator("#alerts li")).to_contain_text("t3, t9")
    expect(page.locator(".tile[data-named=yes]")).to_have_count(2)
    agent.publish(snapshot(2))
    expect(page.locator("#alerts li")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "scheme"), [((1366, 768), "light"), ((1280, 720), "dark"), ((400, 800), "light")]
)
def test_one_face_is_not_called_most(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    alone = snapshot(1, 1, plain=True)
    wide = tuple((0.01, 0.88) for _ in LABELS)
    agent.publish(replace(alone, room=replace(alone.room, intervals=wide, motivation=0.6)))
    page, overlay = (
        ready(open_page("/", size=size, scheme=scheme)),
        open_page("/overlay?style=gauge", size=size),
    )
    expect(page.locator("#mood")).to_have_text("One face: angry")
    expect(page.locator("#person-text")).not_to_contain_text("Uncertain")
    attention = page.locator("[data-gauge=attention]")
    expect(attention.locator(".word")).to_have_text("slightly aside")
    expect(attention).to_have_attribute("aria-valuetext", "slightly aside")
    page.screenshot(path=tmp_path / "dashboard.png", full_page=True)
    expect(overlay.locator("#summary-text")).to_contain_text("One face: angry · 1 of 1 face read")


def test_a_room_without_its_tiles(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(replace(snapshot(1), readings=()))
    page = ready(open_page("/"))
    expect(page.locator("#mood")).to_contain_text("Mean: mixed, often")
    shares = [int(text.removesuffix(" %")) for text in page.locator("#legend b").all_inner_texts()]
    assert 97 <= sum(shares) <= 103


def test_faces_but_no_reading(open_page: OpenPage, agent: Agent) -> None:
    unread = tuple(
        replace(one, emotion=None, reason=Reason.UNSURE) for one in snapshot(1, 9, plain=True).readings
    )
    agent.publish(snapshot(1, readings=unread))
    page = ready(open_page("/"))
    expect(page.locator("#mood")).to_have_text("No expression read yet")
    expect(page.locator("[data-gauge=valence]")).to_have_attribute("data-known", "no")


def test_the_words_that_must_stand_there(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.locator("footer")).to_contain_text("An expression is not a feeling")
    expect(page.locator("footer")).to_contain_text("prohibited in the EU")
    text = page.locator("body").inner_text().replace("An expression is not a feeling", "")
    assert "feeling" not in text


def test_times_are_those_of_the_report_and_the_terminal_whatever_the_language(
    chromium: Browser, agent: Agent
) -> None:
    agent.publish(snapshot(1, alerts=(Alert("turned", "Many are turned away", ("t3",), 1_767_294_120.0),)))
    page = chromium.new_page(locale="en-US", timezone_id="UTC")
    page.goto(agent.url("/"))
    expect(page.locator("#alerts li")).to_contain_text("since 19:02")
    page.close()


def test_what_is_read_first_is_the_room_and_a_participant_s_button_follows_the_gallery(
    open_page: OpenPage, agent: Agent
) -> None:
    agent.publish(snapshot(1))
    page = ready(open_page("/"))
    order = page.locator("main > section").evaluate_all("all => all.map((one) => one.classList[1])")
    assert order == ["room", "gallery", "person", "time", "alerts"]


@pytest.mark.parametrize("size", [(1280, 800), (1366, 768), (1920, 1080)])
def test_what_room_there_is_is_used(open_page: OpenPage, agent: Agent, size: tuple[int, int]) -> None:
    """The tiles of a whole class fill the map in both directions, and the bars their panel."""
    agent.publish(snapshot(1))
    page = open_page("/", size=size)
    until(page, "document.querySelectorAll('.tile').length === 25")
    free = page.evaluate(
        """() => { const edge = (one, side) => one.getBoundingClientRect()[side];
                   const tiles = [...document.querySelectorAll('.tile')];
                   const most = side => Math.max(...tiles.map(one => edge(one, side)));
                   const map = document.querySelector('#map');
                   return { right: edge(map, 'right') - most('right'),
                            bottom: edge(map, 'bottom') - most('bottom'),
                            panel: edge(document.querySelector('.person'), 'bottom')
                                   - edge(document.querySelector('#person-text'), 'bottom') }; }"""
    )
    assert free["right"] < 12
    assert free["bottom"] < 12
    assert free["panel"] < 60


def test_no_word_is_cut_where_tiles_are_drawn_higher(open_page: OpenPage, agent: Agent) -> None:
    """Four rows of five, all of them speaking: "surprise" was "surpri…"."""
    places = enumerate(grid(20, 1920, 1080))
    readings = [replace(reading(i, *at, plain=True), emotion=emotion(5), speaking=True) for i, at in places]
    agent.publish(snapshot(1, readings=tuple(readings)))
    page = open_page("/", size=(1280, 800))
    until(page, "document.querySelectorAll('.tile').length === 20")
    words = "[...document.querySelectorAll('.tile .word')]"
    cut = f"{words}.filter(one => one.scrollWidth > one.clientWidth).length"
    expect(page.locator(".tile .word").first).to_have_text("surprise")
    assert page.evaluate(cut) == 0


def test_tiles_do_not_cover_each_other_while_they_move(open_page: OpenPage, agent: Agent) -> None:
    """They had their new size at once, and their new place 0.3 s later."""
    agent.publish(snapshot(1, 25))
    page = open_page("/", motion=True)
    until(page, "document.querySelectorAll('.tile').length === 25")
    page.wait_for_timeout(500)
    page.evaluate(
        """() => { window.most = 0;
                   const look = () => {
                     const tiles = [...document.querySelectorAll(".tile")];
                     const all = tiles.map(one => one.getBoundingClientRect());
                     for (const [i, one] of all.entries()) for (const other of all.slice(i + 1)) {
                       const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
                       const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
                       if (across > 0 && down > 0) window.most = Math.max(window.most, across * down);
                     }
                     requestAnimationFrame(look); };
                   look(); }"""
    )
    agent.publish(snapshot(2, 20))
    until(page, "document.querySelectorAll('.tile').length === 20")
    page.wait_for_timeout(800)
    assert page.evaluate("window.most") < 200
