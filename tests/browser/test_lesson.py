"""The dashboard's parts for a lesson over time: markers, alerts, trend and the sentence on the pace."""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from agent.values import (
    Advice,
    Alert,
    Change,
    Direction,
    Marker,
    PolicyName,
    Scope,
    Snapshot,
    SourceStatus,
    Tempo,
    TileState,
    Trend,
)
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import (
    ClientCommand,
    CommandDispatcher,
    ExcludeCommand,
    IncludeCommand,
    MarkerCommand,
    PauseCommand,
    ResumeCommand,
    UnmarkCommand,
)
from exporter.server.feed_server import About, FeedServer, ServerSettings
from tests.browser.conftest import Agent, OpenPage, until
from tests.browser.rooms import snapshot, withheld
from tests.browser.serving import ABOUT, MODEL

pytestmark = pytest.mark.browser

NOT_INFERRED = "Expressions are not inferred here"
ATTENTION_DRAWN = """() => {
  const canvas = document.querySelector('#timeline');
  const colour = getComputedStyle(canvas).getPropertyValue('--attention').trim();
  const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) count += wanted.every((level, k) => data[i + k] === level);
  return count > 10;
}"""
STEADY = Change(0.0, Direction.STEADY)
TREND = Trend(Change(0.15, Direction.RISING), STEADY, Change(-0.2, Direction.FALLING), STEADY)
ADVICE = Advice(
    Tempo.SLOWER, "Slower may help: fewer faces are turned to the camera.", "90 % before, now 60 %."
)


def lesson(seq: int = 1) -> Snapshot:
    now = time.time()
    given = snapshot(seq)
    assert given.room.scores is not None
    intervals = tuple((max(score - 0.1, 0.0), min(score + 0.1, 1.0)) for score in given.room.scores)
    room = replace(given.room, motivation=0.63, intervals=intervals, trend=TREND, advice=ADVICE)
    markers = (Marker("New topic", now - 100), Marker("<i>group</i> work", now - 20))
    tiles = tuple(f"t{number}" for number in range(1, 14))
    alerts = (
        Alert("turned away", "Many are turned away: 13 of 22.", tiles, now - 60, Scope.ROOM),
        Alert("unusual", "Unlike usual: t7 looks sad.", ("t7",), now - 90),
    )
    return replace(given, room=room, markers=markers, alerts=alerts)


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
    ("size", "place"), [((1000, 700), "none"), ((1366, 768), "eu_education"), ((1920, 1080), "none")]
)
def test_without_alerts_the_chart_has_their_room(
    chromium: Browser, tmp_path: Path, size: tuple[int, int], place: PolicyName
) -> None:
    with Agent(place=place) as agent:
        agent.publish(snapshot(1) if place == "none" else withheld())
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


@pytest.fixture
def asked(
    chromium: Browser, tmp_path: Path
) -> Iterator[tuple[Page, queue.Queue[MarkerCommand | UnmarkCommand], FeedServer]]:
    """A page whose agent takes markers, and takes them back."""
    taken: queue.Queue[MarkerCommand | UnmarkCommand] = queue.Queue()
    dispatcher = CommandDispatcher()
    dispatcher.register(MarkerCommand, taken.put)
    dispatcher.register(UnmarkCommand, taken.put)
    settings, about = ServerSettings(port=0, connection_folder=tmp_path), About(ABOUT, MODEL, PrivacyPolicy())
    with FeedServer(settings, about, commands=dispatcher.dispatch) as server:
        server.publish(lesson())
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(server.page("/"))
        until(page, "document.body.dataset.connection === 'live'")
        yield page, taken, server
        page.close()


def test_markers_are_set_by_button_and_by_hand(
    asked: tuple[Page, queue.Queue[MarkerCommand | UnmarkCommand], FeedServer],
) -> None:
    page, taken, _ = asked
    page.get_by_role("button", name="Exercise").click()
    assert taken.get(timeout=15) == MarkerCommand(text="Exercise")
    expect(page.locator("#marker-said")).to_have_text("Marked “Exercise”")
    page.locator("#marker-text").fill("  questions ")
    page.keyboard.press("Enter")
    assert taken.get(timeout=15) == MarkerCommand(text="questions")
    expect(page.locator("#marker-text")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.locator("#marker-text")).to_be_focused()
    assert taken.empty()


def test_without_the_agent_no_marker_can_be_set_or_removed(
    asked: tuple[Page, queue.Queue[MarkerCommand | UnmarkCommand], FeedServer],
) -> None:
    page, _, server = asked
    button = page.get_by_role("button", name="New topic", exact=True)
    expect(button).to_be_enabled()
    page.locator("#marker-count").click()
    remove = page.get_by_role("button", name="Remove marker 1: New topic")
    expect(remove).to_be_enabled()
    server.close()
    expect(button).to_be_disabled()
    expect(remove).to_be_disabled()


def test_a_marker_is_removed_by_its_button(
    asked: tuple[Page, queue.Queue[MarkerCommand | UnmarkCommand], FeedServer],
) -> None:
    """The keyboard goes on where it was: the next marker's button has the focus; an empty list is shut."""
    page, taken, server = asked
    given = lesson(2)
    given = replace(given, markers=(Marker("New tpoic", given.markers[0].wall), *given.markers))
    server.publish(given)
    page.locator("#marker-count").click()
    page.get_by_role("button", name="Remove marker 1: New tpoic").focus()
    page.keyboard.press("Enter")
    asked_back = taken.get(timeout=15)
    assert isinstance(asked_back, UnmarkCommand)
    assert asked_back.time.timestamp() == pytest.approx(given.markers[0].wall, abs=0.0006)
    expect(page.locator("#marker-said")).to_have_text("Removed “New tpoic”")
    server.publish(replace(given, seq=3, markers=given.markers[1:]))
    expect(page.get_by_role("button", name="Remove marker 1: New topic")).to_be_focused()
    server.publish(replace(given, seq=4, markers=()))
    expect(page.locator("#marker-list")).to_be_hidden()
    expect(page.locator("#marker-count")).to_be_hidden()


def test_the_list_of_markers_opens_at_the_newest(open_page: OpenPage, agent: Agent) -> None:
    """It is the one that was set by mistake."""
    many = tuple(Marker(f"topic {number}", time.time() - 200 + number) for number in range(50))
    agent.publish(replace(lesson(), markers=many))
    page = open_page("/", size=(1280, 720))
    page.locator("#marker-count").click()
    expect(page.locator("#marker-list li").last).to_be_in_viewport()
    lefts = "[...document.querySelectorAll('#marker-list time')].map(one => one.getBoundingClientRect().left)"
    assert len(set(page.evaluate(lefts))) == 1, "one column, also from the tenth on"


def test_markers_stand_in_the_timeline(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = open_page("/")
    until(page, "document.querySelector('#timeline').dataset.flags === '0'")
    before = dark(page.locator("#timeline").screenshot())
    agent.publish(lesson(2))
    until(page, "document.querySelector('#timeline').dataset.flags === '2'")
    assert dark(page.locator("#timeline").screenshot()) > before + 300


def test_all_markers_are_listed_at_the_press_of_a_key(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    agent.publish(snapshot(1))
    page = open_page("/", size=(1366, 768))
    expect(page.locator("#room-read")).to_contain_text("read")
    button = page.locator("#marker-count")
    expect(button).to_be_hidden()
    agent.publish(lesson(2))
    expect(button).to_have_attribute("aria-label", "2 markers: show or hide the list")
    button.focus()
    page.keyboard.press("Enter")
    heard = page.get_by_role("list", name="Markers").get_by_role("listitem")
    words = [re.compile(r"^[\d:]+New topicRemove$"), re.compile(r"<i>group</i> workRemove$")]
    expect(heard).to_have_text(words)
    page.screenshot(path=tmp_path / "markers.png")
    page.keyboard.press("Escape")
    expect(heard).to_have_count(0)


@pytest.mark.parametrize("size", [(1366, 768), (390, 1600)])
def test_a_long_marker_is_cut_in_its_flag_and_whole_in_its_tooltip(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Its flag stays in the plot, one set a second later below it; on a low chart they are numbers alone."""
    from_right, most = (24, 0.06) if size[0] > 1000 else (60, 0.5)
    now = time.time()
    long = ("work in groups of four, each with one page of the text " * 2)[:80]
    agent.publish(replace(snapshot(1), markers=(Marker(long, now - 2), Marker("New topic", now - 1))))
    page = open_page("/", size=size)
    until(page, "document.querySelector('#timeline').dataset.flags === '2'")
    canvas = page.locator("#timeline")
    box = canvas.bounding_box()
    assert box is not None
    assert dark(canvas.screenshot()) < most * box["width"] * box["height"]
    for down, said in ((12, long), (32, "New topic")):
        page.mouse.move(box["x"] + box["width"] - from_right, box["y"] + down)
        assert (canvas.get_attribute("title") or "").endswith(said)
    page.mouse.move(box["x"] + 100, box["y"] + 12)
    expect(canvas).to_have_attribute("title", "")
    page.screenshot(path=tmp_path / "markers.png")


def test_flags_stay_in_the_plot_and_off_each_other(workbench: Page) -> None:
    answer = workbench.evaluate(
        """async () => {
          const { flagPlaces, flagText } = await import('/static/timeline.js');
          const plot = { left: 38, width: 400 };
          const flags = [[40, 90], [60, 90], [70, 90], [300, 90], [437, 90], [437, 900]];
          return {
            short: flagText('New topic', 3),
            long: flagText('x'.repeat(80), 12),
            places: flagPlaces(flags.map(([at, width]) => ({ at, width })), plot),
          };
        }"""
    )
    assert answer["short"] == "3 New topic"
    assert answer["long"] == f"12 {'x' * 19}…"
    places = [one and (one["left"], one["row"]) for one in answer["places"]]
    assert places == [(40, 0), (60, 1), None, (300, 0), (348, 1), None]


def dark(png: bytes) -> int:
    """How many pixels of a screenshot are nearly black."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return int((picture.max(axis=2) < 45).sum())


def test_a_participant_is_left_out_and_read_again_from_the_dashboard(
    chromium: Browser, tmp_path: Path
) -> None:
    taken: queue.Queue[ExcludeCommand | IncludeCommand] = queue.Queue()
    dispatcher = CommandDispatcher()
    dispatcher.register(ExcludeCommand, taken.put)
    dispatcher.register(IncludeCommand, taken.put)
    settings, about = ServerSettings(port=0, connection_folder=tmp_path), About(ABOUT, MODEL, PrivacyPolicy())
    room = snapshot(1, 4)
    first, *others = room.readings
    left_out = replace(first, state=TileState.EXCLUDED, face=None, emotion=None, reason=None)
    with FeedServer(settings, about, commands=dispatcher.dispatch) as server:
        server.publish(room)
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(server.page("/"))
        button, tile = page.locator("#person-exclude"), page.locator(f".tile[data-id={first.id}]")
        expect(tile).to_be_visible()
        expect(button).to_be_hidden()
        tile.click()
        expect(button).to_have_text("Do not read")
        button.click()
        assert taken.get(timeout=15) == ExcludeCommand(id=first.id)
        server.publish(replace(room, seq=2, readings=(left_out, *others)))
        expect(button).to_have_text("Read again")
        button.click()
        assert taken.get(timeout=15) == IncludeCommand(id=first.id)
        tile.click()
        expect(button).to_be_hidden()
        page.close()


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


def test_a_pause_is_said(open_page: OpenPage, agent: Agent) -> None:
    room = snapshot(1, 4)
    agent.publish(replace(room, source=replace(room.source, paused=True)))
    page = open_page("/")
    expect(page.locator("#source-state")).to_have_text("paused")
    expect(page.locator("#banner")).to_contain_text("resume")
    agent.publish(snapshot(2, 4))
    expect(page.locator("#banner")).to_be_hidden()


def test_whoever_pauses_here_can_resume_here(chromium: Browser, tmp_path: Path) -> None:
    taken: queue.Queue[ClientCommand] = queue.Queue()
    dispatcher = CommandDispatcher()
    dispatcher.register(PauseCommand, taken.put)
    dispatcher.register(ResumeCommand, taken.put)
    settings, about = ServerSettings(port=0, connection_folder=tmp_path), About(ABOUT, MODEL, PrivacyPolicy())
    room = lesson()
    with FeedServer(settings, about, commands=dispatcher.dispatch) as server:
        page = chromium.new_page(viewport={"width": 400, "height": 800})
        page.goto(server.page("/"))
        button = page.locator("#pause")
        expect(button).to_be_disabled()
        server.publish(room)
        button.click()
        assert isinstance(taken.get(timeout=20), PauseCommand)
        server.publish(replace(room, seq=2, source=SourceStatus(paused=True)))
        expect(page.locator("#banner")).to_contain_text("until you resume")
        button.get_by_text("Resume").click()
        assert isinstance(taken.get(timeout=20), ResumeCommand)
        page.close()


def test_under_a_policy_only_attention_tiles_and_presence_are_shown(
    chromium: Browser, tmp_path: Path
) -> None:
    """Nothing stands there that can never be filled, and nothing is promised that cannot come."""
    with Agent(place="eu_education") as served:
        served.publish(withheld())
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(served.url("/"))
        expect(page.locator("#mood")).to_have_text(NOT_INFERRED)
        expect(page.locator("#policy")).to_have_text("policy eu_education")
        expect(page.locator("#room-read")).to_have_text("22 faces in sight")
        expect(page.locator("#stack, #legend, #person-bars, #advice")).to_have_count(4)
        for node in page.locator("#stack, #legend, #person-bars, #advice").all():
            expect(node).to_be_hidden()
        shown = page.locator(".gauge:visible")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("nearly all faces")
        expect(page.locator("#gallery-note")).to_have_text("25 tiles · 1 with the camera off · 1 excluded")
        expect(page.locator(".tile[data-id=t1] .word")).to_have_text("face")
        expect(page.locator("#person-text")).to_contain_text("which way the face looks")
        page.locator(".tile[data-id=t1]").hover()
        expect(page.locator("#person-text")).to_have_text(
            "The face is seen clearly (93 %) and looks at the camera (90 %)."
        )
        page.screenshot(path=tmp_path / "withheld.png")
        page.close()


def test_under_a_policy_the_timeline_shows_attention(chromium: Browser) -> None:
    with Agent(place="eu_work") as served:
        page = chromium.new_page()
        page.goto(served.url("/"))
        for seq in range(1, 4):
            # The agent keeps a sample a second; times farther apart make wider bands.
            served.publish(replace(withheld(seq), wall=time.time() - 60 + 2 * seq))
            page.wait_for_timeout(1100)
        expect(page.locator("#timeline")).to_have_attribute("aria-label", re.compile("^Attention"))
        expect(page.locator("#time-title")).to_have_text(re.compile("^Attention"))
        until(page, ATTENTION_DRAWN)
        # The agent remembers it too: it is there after a reload.
        page.reload()
        served.publish(withheld(4))
        until(page, "Number(document.querySelector('#timeline').dataset.samples) >= 3")
        page.close()


def test_under_a_policy_the_gauge_says_so(chromium: Browser) -> None:
    with Agent(place="eu_education") as served:
        served.publish(withheld())
        page = chromium.new_page()
        page.goto(served.url("/overlay?style=gauge"))
        said = f"{NOT_INFERRED} · 22 faces in sight · attention: nearly all faces"
        expect(page.locator("#summary-text")).to_have_text(said)
        expect(page.locator("#summary-shares")).to_be_hidden()
        page.close()
