"""The dashboard's parts for a lesson over time: alerts, trend and the sentence on the pace."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from agent.values import (
    Advice,
    Alert,
    Marker,
    PolicyName,
    Scope,
    Tempo,
)
from tests.browser.conftest import Agent, OpenPage, ready, until
from tests.browser.rooms import ADVICE, lesson, snapshot, withheld

pytestmark = pytest.mark.browser


def test_the_sentence_stands_there_with_its_evidence(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = open_page("/")
    expect(page.locator("#room-read")).to_contain_text("read")
    expect(page.locator("#advice")).to_be_hidden()
    agent.publish(lesson(2))
    expect(page.locator("#advice-text")).to_have_text(ADVICE.text)
    expect(page.locator("#advice-evidence")).to_have_text(ADVICE.evidence)
    expect(page.locator("#advice")).to_have_attribute(
        "aria-label", f"{ADVICE.text} Evidence: {ADVICE.evidence}"
    )


def test_trends_and_intervals_are_said(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(lesson())
    page = open_page("/")
    expect(page.locator("[data-gauge=valence] .word")).to_contain_text("↗")
    expect(page.locator("[data-gauge=attention]")).to_have_attribute(
        "aria-valuetext", "most faces, falling by 20 points in the last minute"
    )
    expect(page.locator("[data-gauge=motivation] .word")).to_have_text("medium")
    said = r"Uncertain: \w+ may be anywhere from \d+ to \d+\s%"
    expect(page.locator("#person-text")).to_contain_text(re.compile(said))


def test_alerts_on_the_room_count_tiles_and_outline_none(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(lesson())
    page = open_page("/")
    items = page.locator("#alerts li")
    expect(items).to_have_count(2)
    expect(items.nth(0)).to_contain_text("13 tiles")
    expect(items.nth(1)).to_contain_text("t7")
    expect(page.locator(".tile[data-named=yes]")).to_have_count(1)


def test_the_id_in_an_alert_shows_the_tile_by_mouse_and_keyboard(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(lesson())
    page = open_page("/")
    expect(page.locator("#alerts button")).to_have_count(1)
    expect(page.locator("#alerts li").nth(1)).to_have_text(
        re.compile(r"^Unlike usual: t7 looks sad. since [\d:]+$")
    )
    page.locator("#alerts button").click()
    expect(page.locator(".tile[aria-selected=true]")).to_have_attribute("data-id", "t7")
    page.mouse.move(0, 0)
    expect(page.locator("#person-title")).to_have_text("Participant t7")
    page.keyboard.press("Escape")
    expect(page.locator("#person-title")).to_have_text("The room's mean")
    page.locator("#alerts button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#person-title")).to_have_text("Participant t7")
    agent.publish(lesson(2))
    until(page, "document.activeElement.dataset.id === 't7'")


def test_a_share_is_not_torn_from_its_sign(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(lesson())
    page = open_page("/")
    expect(page.locator("#advice-evidence")).to_contain_text("90")
    assert page.locator("#advice-evidence").text_content() == "90\u00a0% before, now 60\u00a0%."


@pytest.mark.parametrize(
    "size", [(1000, 640), (1200, 760), (1280, 720), (1440, 900), (1920, 1080), (390, 844)]
)
def test_everything_has_its_place(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int]
) -> None:
    agent.publish(lesson())
    page = open_page("/", size=size)
    until(page, "document.querySelectorAll('#alerts li').length === 2")
    page.screenshot(path=tmp_path / "dashboard.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overlaps = page.evaluate(
        """() => { const boxes = [...document.querySelectorAll('main > section, footer')]
                     .map(one => [one.className || 'footer', one.getBoundingClientRect()]);
                   return boxes.flatMap(([a, one], i) => boxes.slice(i + 1)
                     .filter(([, other]) => one.left < other.right - 1 && other.left < one.right - 1
                                         && one.top < other.bottom - 1 && other.top < one.bottom - 1)
                     .map(([b]) => `${a} over ${b}`)); }"""
    )
    assert overlaps == []
    outside = page.evaluate(
        """() => [...document.querySelectorAll('main > section')]
                 .filter(one => getComputedStyle(one).overflowY === 'visible')
                 .flatMap(one => [...one.children]
                   .filter(part => part.getBoundingClientRect().bottom > one.getBoundingClientRect().bottom)
                   .map(part => `${part.id || part.className} leaves ${one.className}`))"""
    )
    assert outside == []


def test_three_alerts_are_seen_whole_on_a_small_laptop_and_their_number_is_said(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    texts = (
        "Many faces look happy, neutral or surprised: 19 of 20 (95 %).",
        "Many are turned away or out of sight: 13 of 22 (59 %).",
        "Many faces look angry, disgusted or fearful: 12 of 20 (60 %).",
    )
    now, tiles = time.time(), tuple(f"t{number}" for number in range(1, 20))
    alerts = [Alert(text, text, tiles, now - 60, Scope.ROOM) for text in texts]
    agent.publish(snapshot(1, alerts=tuple(alerts)))
    page = open_page("/", size=(1366, 768))
    expect(page.locator("#alerts-note")).to_have_text("3")
    cut = page.evaluate(
        """() => { const list = document.querySelector('#alerts').getBoundingClientRect();
                   return [...document.querySelectorAll('#alerts li')].map(one => one.getBoundingClientRect())
                     .filter(one => one.bottom > list.bottom + 1 || one.top < list.top - 1).length; }"""
    )
    page.screenshot(path=tmp_path / "alerts.png")
    assert cut == 0
    more = [Alert(f"{number}", text, tiles, now, Scope.ROOM) for number in range(3) for text in texts]
    agent.publish(snapshot(2, alerts=tuple(more)))
    expect(page.locator("#alerts-note")).to_have_text("9, scroll to see all")


@pytest.mark.parametrize(
    ("size", "policy"), [((1000, 700), "none"), ((1366, 768), "eu_education"), ((1920, 1080), "none")]
)
def test_without_alerts_the_chart_has_their_room(
    chromium: Browser, tmp_path: Path, size: tuple[int, int], policy: PolicyName
) -> None:
    with Agent(policy=policy) as agent:
        agent.publish(snapshot(1) if policy == "none" else withheld())
        page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(agent.url("/"))
        until(page, "document.querySelectorAll('.tile').length === 25")
        height = "document.querySelector('#timeline').getBoundingClientRect().height"
        assert until(page, height) > 100, "the buttons stand in the title's line"
        width = "(one => document.querySelector(one).getBoundingClientRect().width)"
        assert page.evaluate(f"{width}('.time') === {width}('.gallery')")
        expect(page.locator("#alerts-none")).to_be_visible()
        page.screenshot(path=tmp_path / "chart.png")
        page.close()


def test_participants_of_whom_the_same_is_said_are_one_item(open_page: OpenPage, agent: Agent) -> None:
    off, now = "Camera off for 10 min or longer.", time.time()
    alerts = tuple(Alert("camera off", off, (f"t{number}",), now - 600 * number) for number in (1, 2, 3))
    room = Alert("turned away", "Many are turned away: 13 of 22.", ("t1", "t2"), now - 60, Scope.ROOM)
    agent.publish(snapshot(1, alerts=(room, *alerts)))
    items = open_page("/").locator("#alerts li")
    expect(items).to_have_count(2)
    expect(items.nth(1)).to_contain_text(off)
    expect(items.nth(1)).to_contain_text(re.compile(r"since \d\d:\d\d to \d\d:\d\d · t1, t2, t3"))


def test_the_list_of_markers_opens_at_the_newest(open_page: OpenPage, agent: Agent) -> None:
    """It is the one that was set by mistake."""
    many = tuple(Marker(f"topic {number}", time.time() - 200 + number) for number in range(50))
    agent.publish(replace(lesson(), markers=many))
    page = open_page("/", size=(1280, 720))
    page.locator("#marker-count").click()
    expect(page.locator("#marker-list li").last).to_be_in_viewport()
    bottom, top = (page.locator(one).bounding_box() for one in ("#marker-list", "#markers"))
    assert bottom
    assert top
    assert bottom["y"] + bottom["height"] <= top["y"], "the buttons can still be pressed"
    lefts = "[...document.querySelectorAll('#marker-list time')].map(one => one.getBoundingClientRect().left)"
    assert len(set(page.evaluate(lefts))) == 1, "one column, also from the tenth on"


def test_the_longest_words_with_an_arrow_stay_inside_their_panel(open_page: OpenPage, agent: Agent) -> None:
    room = lesson()
    agent.publish(replace(room, room=replace(room.room, valence=0.2, arousal=0.2)))
    page = open_page("/")
    expect(page.locator(".gauge .word").first).to_contain_text("slightly pleasant")
    expect(page.locator(".gauge .word").first).to_contain_text("↗")
    cut = page.locator(".gauge .word").evaluate_all(
        "words => words.filter(word => word.scrollWidth > word.clientWidth).map(word => word.textContent)"
    )
    assert cut == []


def test_on_a_small_laptop_long_advice_leaves_room_for_what_is_uncertain(
    open_page: OpenPage, agent: Agent
) -> None:
    given, full = lesson(), snapshot(1, 49)
    text = "Keep the pace: what changes in the room speaks against neither."
    evidence = (
        "Turned to the camera: 94 % before, now 90 %; looking angry, disgusted, fearful or sad: 9 % before, "
        "now 6 %; 36 of 42 faces read on average."
    )
    room = replace(full.room, intervals=given.room.intervals, advice=Advice(Tempo.KEEP, text, evidence))
    agent.publish(replace(full, room=room))
    page = ready(open_page("/", size=(1024, 700)))
    expect(page.locator("#person-text")).to_contain_text("Uncertain: ")
    panel, words = (page.locator(one).bounding_box() for one in (".person", "#person-text"))
    assert panel is not None
    assert words is not None
    assert words["y"] + words["height"] <= panel["y"] + panel["height"]
